"""The page about the configuration lists exactly the keys that are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from harness.checks.calls_bounded import OWN_BOUND
from harness.config import load_configuration
from harness.config.dependencies import ANSWER, CALL, DEPENDENCY
from harness.config.loading import top_level
from harness.config.operations import OPERATION
from harness.config.service import SERVICE

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")

SECTIONS: Mapping[str, frozenset[str]] = {
    "The top of the file": frozenset(top_level(".")),
    "`service`": frozenset(SERVICE),
    "`dependencies`": frozenset(DEPENDENCY),
    "`dependencies`: one of `calls`": frozenset({*CALL, "keyed"}),
    "`dependencies`: `answer`": frozenset(ANSWER),
    "`operations`": frozenset(OPERATION),
}


def test_every_key_stands_in_the_page_and_no_other() -> None:
    """Each section's tables hold the keys that the section's reader accepts: none missing, none invented."""
    pages = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE))
    listed = {title: frozenset(re.findall(r"^\| `(\w+)` \|", pages[title], re.MULTILINE)) for title in SECTIONS}
    assert listed == SECTIONS


DEFAULTS = (
    *("server", "workers", "threads", "ready", "deadline", "start_timeout"),
    *("status", "failing", "in_flight", "recovery", "most_calls"),
)
"""The keys that mean something where they are left out, other than nothing."""

LEAST = """\
format: 1
service: {app: "shop:app"}
dependencies: {stock: {env: STOCK_URL, calls: [{request: GET /items}]}}
operations: {order: {request: POST /orders}}
"""


def test_every_default_of_the_page_is_the_one_of_the_code(tmp_path: Path) -> None:
    """What a key means where it is left out is what the least configuration comes to."""
    path = tmp_path / "harness.yaml"
    path.write_text(LEAST, encoding="utf-8")
    read = load_configuration(path)
    service, (order,) = read.service, read.operations
    (call,) = read.dependencies[0].calls
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE))
    assert {key: rows[key].replace("`", "") for key in DEFAULTS} == {
        "server": service.server.value,
        "workers": str(service.workers),
        "threads": str(service.threads),
        "ready": str(service.ready),
        "deadline": f"{service.deadline:g}s",
        "start_timeout": f"{service.start_timeout:g}s",
        "status": str(call.answer.status),
        "failing": str(list(order.failing)),
        "in_flight": str(list(order.in_flight)),
        "recovery": f"{order.recovery:g}s",
        "most_calls": str(OWN_BOUND),
    }
