"""A project without a mistake, and what is told of it after an edit: the messages as their reader sees them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.model.errors import ScenarioError
from harness.scenario import load_scenarios
from harness.stage.planning import vocabulary

HARNESS = """\
format: 1
service:
  app: shop:app
  server: gunicorn
  workers: 2
  deadline: 2s
  env: {MODE: fast}
dependencies:
  bank:
    env: BANK_URL
    calls:
      - request: POST /entries/{id}
        effect: {keyed: path:id}
        answer: {status: 201, json: {id: "{uuid}"}}
      - request: GET /rates
operations:
  buy:
    request: POST /orders?trace=a
    headers: {X-Shop: main}
    json: {order: {id: x}, count: 1}
    event: json:/order/id
    effect: bank POST /entries/{id}
    read: GET /orders/{answer.id}
    failing: [502, 503]
  look:
    request: GET /orders
watch: [GET /healthz]
secrets: [pin]
"""

MALFORMED = "format: 1\nfamily: malformed-payload\noperations: [buy]\nentries:\n  - MJ01\n  - {id: MJ06, title: Own}\n"
DUPLICATE = "format: 1\nfamily: duplicate-event\nentries:\n  - D01\n  - {id: D02, clients: 4, rounds: 2}\n"
TIMEOUT = """\
format: 1
family: timeout
entries:
  - T01
  - id: slow-bank
    fault: {kind: late, dependency: bank, call: "POST /entries/{id}", delay: 1s, times: 1}
"""
LOAD = """\
format: 1
family: load
entries:
  - id: L01
    rate: 20
    seconds: 5s
    thresholds: ["p(95) < 250ms", errors < 1%]
"""
VERSIONS = "format: 1\nfamily: version-compatibility\nclients: [clients/v1.yaml]\nentries: [R08]\n"
BOOK = """\
format: 1
client: v1
operation: buy
additions: allowed
recorded: today
exchanges:
  - name: made
    request: {method: POST, target: /orders, headers: {Key: "{event 1}"}, json: {a: 1}}
    answer: {status: 201, json: {id: "{uuid}"}}
  - name: read
    request: {method: GET, target: "/orders/{made.id}"}
    answer: {status: 200, json: {id: "{made.id}"}}
"""

RIGHT: Mapping[str, str] = {
    "harness.yaml": HARNESS,
    "scenarios/malformed.yaml": MALFORMED,
    "scenarios/duplicate.yaml": DUPLICATE,
    "scenarios/timeout.yaml": TIMEOUT,
    "scenarios/load.yaml": LOAD,
    "scenarios/versions.yaml": VERSIONS,
    "scenarios/clients/v1.yaml": BOOK,
}
"""The files of the project, by their paths."""


def write_project(directory: Path) -> None:
    """Write the project without a mistake into ``directory``."""
    (directory / "scenarios" / "clients").mkdir(parents=True)
    for name, text in RIGHT.items():
        (directory / name).write_text(text, encoding="utf-8")


def told(config: str = "harness.yaml", scenarios: str = "scenarios") -> list[str]:
    """Return every message about the files of the current directory, as ``harness run --list`` reads them."""
    try:
        configuration = load_configuration(Path(config))
        load_scenarios((Path(scenarios),), known=vocabulary(configuration))
    except ScenarioError as error:
        return [str(problem) for problem in error.problems]
    return []


Wrong = tuple[str, str, str, str, list[str]]
"""What is wrong; the file; the right text in it; the wrong text in its place; every message."""


def named(rows: tuple[Wrong, ...]) -> pytest.MarkDecorator:
    """Return the decorator that runs a test with each of ``rows``, by its name."""
    return pytest.mark.parametrize(
        ("file", "before", "after", "messages"), [row[1:] for row in rows], ids=[row[0] for row in rows]
    )


def after_edit(file: str, before: str, after: str) -> list[str]:
    """Return every message about the project in the current directory after one edit."""
    assert before in RIGHT[file]
    Path(file).write_text(RIGHT[file].replace(before, after, 1), encoding="utf-8")
    return told()
