"""A service that says hostile things wherever it can: every report stays whole, and text stays text."""

from __future__ import annotations

import json
import shutil
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.model.cases import Family
from harness.model.exits import Exit
from tests.e2e.harness_run import Ended, run
from tests.e2e.once import once

pytestmark = pytest.mark.server

APP = Path(__file__).with_name("apps") / "hostile_service.py"
CONFIGURATION = """
format: 1
service:
  command: [python3, hostile_service.py, "{port}"]
  ready: GET /healthz
  openapi: /openapi.json
dependencies:
  ledger:
    env: LEDGER_URL
    calls:
      - request: POST /entries
        effect: unkeyed
        answer: {status: 201, json: {id: "{uuid}"}}
operations:
  order:
    request: POST /orders
    json: {source: crm}
    event: header:Idempotency-Key
    effect: ledger POST /entries
    read: GET /orders/{answer.id}
watch: [GET /healthz]
"""
SCENARIOS = {
    "malformed": "family: malformed-payload\nentries: [MJ01, MS01, MH01]",
    "duplicate": "family: duplicate-event\nentries: [D01]",
    "timeout": "family: timeout\nentries: [T01]",
    "load": "family: load\nentries: [{id: L10, rate: 20, seconds: 1s}]",
}
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of Unicode that move a cursor, reorder text, or cannot be seen."""


class Page(HTMLParser):
    """What a browser would make of a page: the names of its elements, and of the attributes that run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.running: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(tag)
        self.running += [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a run of a little of every family on the hostile service."""
    return once(tmp_path_factory, "hostile-service", _run)


def _run(place: Path) -> Ended:
    """Run a little of every family on the hostile service in ``place``."""
    shutil.copy(APP, place)
    (place / "harness.yaml").write_text(CONFIGURATION)
    (place / "scenarios").mkdir()
    for name, text in SCENARIOS.items():
        (place / "scenarios" / f"{name}.yaml").write_text(f"format: 1\n{text}\n")
    chosen = ("--config", str(place / "harness.yaml"), "--scenarios", str(place / "scenarios"), "--seed", "1")
    return run(place / "run", *chosen)


def test_what_it_does_is_found(ended: Ended) -> None:
    """Hostile text keeps no family from its findings."""
    assert ended.exit == Exit.FAIL, ended.out + ended.err
    families = {finding.family for finding in ended.report.gating}
    assert families == {Family.MALFORMED, Family.DUPLICATE, Family.TIMEOUT, Family.LOAD}


def test_the_terminal_is_not_moved_by_it(ended: Ended) -> None:
    """No escape, no control, no bidirectional mark reaches the screen, and no line that the service forged."""
    said = ended.out + ended.err
    assert {unicodedata.name(c, hex(ord(c))) for c in said if c != "\n" and unicodedata.category(c) in HIDDEN} == set()
    assert [line for line in said.splitlines() if line.startswith(("::", "forged", "# forged", "| forged"))] == []


def test_the_page_has_no_element_and_no_script_of_it(ended: Ended) -> None:
    """The only script is the page's own, and no attribute runs anything."""
    page = Page((ended.directory / "report.html").read_text("utf-8"))
    assert (page.elements.count("script"), page.elements.count("img"), page.running) == (1, 0, [])


def test_every_line_of_the_history_is_whole(ended: Ended) -> None:
    """Lines that the service forged are text within events, and each event is valid JSON without raw controls."""
    lines = (ended.directory / "history.jsonl").read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert {type(json.loads(line)["what"]["kind"]) for line in lines} == {str}


def test_a_string_of_five_megabytes_does_not_swell_the_reports(ended: Ended) -> None:
    """What a person reads is clipped, and says how much was left out."""
    sizes = {name: (ended.directory / name).stat().st_size < 500_000 for name in ("report.json", "report.html")}
    assert sizes == {"report.json": True, "report.html": True}
    assert "characters left out" in (ended.directory / "report.html").read_text("utf-8")
