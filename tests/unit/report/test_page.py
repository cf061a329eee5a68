"""What the page shows of a report: causes once, the matrix, the clean runs beside, and big runs in few rows."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.history.directory import write_whole
from harness.history.seal import finish, seal_report
from harness.model.codec import to_json
from harness.report.html import render
from harness.report.page.causes import causes
from tests.unit.report.big import big_report
from tests.unit.report.made import KEPT, RUN, bad_report, good_report
from tests.unit.report.test_html import Reader

MEBIBYTE = 1_048_576


def part(page: str, name: str) -> str:
    """Return the words of one section of the page."""
    found = re.search(f'<section id="{name}">.*?</section>', page, re.DOTALL)
    assert found, name
    return " ".join(Reader(found[0]).words)


def test_one_cause_is_one_card() -> None:
    """What one check saw as one symptom is one card, under however many troubles; each finding keeps its link."""
    first = bad_report().findings[0]
    others = tuple(replace(first, fingerprint=f"{n:012x}", trouble=f"trouble {n}") for n in range(9))
    report = replace(bad_report(), findings=(first, *others))
    assert [len(cause.findings) for cause in causes(report.findings)] == [10]
    reader = Reader(render(report))
    assert sum(attributes.get("class") == "card finding" for _, attributes in reader.elements) == 1
    links = {attributes.get("id") for _, attributes in reader.elements}
    assert {f"finding-{finding.fingerprint}" for finding in report.findings} <= links


def test_what_fails_the_gate_is_apart() -> None:
    """A finding that does not fail the gate is no part of a cause that does: both cards say which they are."""
    first = bad_report().findings[0]
    found = causes((first, replace(first, fingerprint="0" * 12, fails_gate=False, reaches_gate=False)))
    assert [cause.first.fails_gate for cause in found] == [True, False]


def test_parts() -> None:
    """Findings, denominator, fields, loads, server, watched routes, checks, references, the run: in this order."""
    page = render(bad_report())
    assert re.findall(r'<section(?: id="(\w+)")?', page) == [
        *("findings", "coverage", "fields", "load", "servers", "watch", "checks", "references", "run")
    ]


def test_a_finding_is_kept_by_the_file_beside_the_page() -> None:
    """The finding that has a file says how to keep it; the others say nothing of the kind."""
    words = part(render(bad_report()), "findings")
    assert words.count("Keep it as a test for ever") == words.count(f'harness incident accept "$RUN/{KEPT}"') == 1


def test_matrix() -> None:
    """Coverage is a matrix of trouble by operation, each cell with its verdict and what ran of what was possible."""
    words = part(render(bad_report()), "coverage")
    assert "Families by operations" in words
    assert "Malformed payloads ✕ 2/3 · 1 fail" in words
    assert "MJ11 deep nesting ✕ 1/1 · 1 fail 500" in words
    assert "MW22 cut body ✓ 1/1 effect" in words


def test_beside_the_clean_runs() -> None:
    """The card of a doubled effect shows that the answer is that of a clean run and the effects are not."""
    words = part(render(bad_report()), "findings")
    assert "= same answer to 'second' 201 within 21 ms 201 Created after 13 ms" in words
    assert "≠ differs effects of ledger POST /entries for event 1 1 2" in words


def test_fields_and_server() -> None:
    """Malformed fields and the trivial application on the same server are told in words."""
    page = render(bad_report())
    assert "deep-nesting ✕ 1 wrong: 1 failed" in part(page, "fields")
    assert "MW22 cut-body 1 accepted accepted the server hands it over, and the application takes it" in part(
        page, "servers"
    )


def test_charts() -> None:
    """A load has its latency with what was wrong when, its distribution, its throughput and its memory."""
    words = part(render(bad_report()), "load")
    for said in ("Latency over time", "Shaded: ledger: no-answer", "99 %", "requests due a second", "Resident memory"):
        assert said in words


@pytest.mark.parametrize(("cases", "bad", "findings"), [(1_000, 0, 0), (1_000, 400, 300), (686, 40, 24)])
def test_size(cases: int, bad: int, findings: int) -> None:
    """A page of a thousand cases is under 400 kB, whatever was found; and each of them has a row."""
    page = render(big_report(cases, bad=bad, findings=findings))
    assert len(page.encode()) < 400_000
    assert page.count("<td>a-variant-of-its-own-") == cases


def test_causes_without_room_are_brief() -> None:
    """Where the page has no room for all the evidence, a cause has a row with its command, and the page says so."""
    report = big_report(1_000, bad=400, findings=300)
    page = render(report)
    cards, rows = page.count('class="card finding"'), page.count('class="finding"')
    assert cards > 5
    beyond = len(causes(report.findings)) - cards
    assert rows == min(beyond, 100)
    assert f"{beyond} further causes: the page has no room for their evidence, report.json has it." in page


@pytest.mark.parametrize(
    ("bad", "rows", "said"),
    [
        (0, 0, "Of 10,000 cases, all 0 that did not pass have a row of their own here; the other 10,000 are in"),
        (30, 30, "Of 10,000 cases, all 30 that did not pass have a row of their own here; the other 9,970 are in"),
        (
            4000,
            1000,
            "Of 10,000 cases, the first 1,000 of 4,000 that did not pass have a row of their own here; the other",
        ),
    ],
)
def test_a_big_run(bad: int, rows: int, said: str) -> None:
    """Of a big run the cases that did not pass have a row, up to a limit; the page tells how many have none."""
    page = render(big_report(10_000, bad=bad))
    assert page.count("<td>a-variant-of-its-own-") == rows
    assert said in part(page, "coverage")
    assert len(page.encode()) < 600_000


def test_long_texts_are_cut() -> None:
    """Five megabytes in one place take no more of the page than people read, and the page says what is missing."""
    report = good_report()
    page = render(replace(report, run=replace(report.run, target="x" * 5_000_000)))
    assert len(page.encode()) < 150_000
    assert "4,999,000 characters left out" in page


MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command and prints its exit code and its peak memory in KiB.

A process of its own and a small one: Linux counts what the parent held when it forked to the peak of the child.
"""


@pytest.mark.server
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures memory as Linux tells it")
def test_a_hundred_thousand_cases(tmp_path: Path) -> None:
    """`harness report` on a run of 100,000 cases takes less than 300 MB and 60 s, and the page is one that opens."""
    finish(tmp_path, RUN)
    write_whole(tmp_path / "report.json", to_json(big_report(100_000, bad=3_000, findings=400)))
    seal_report(tmp_path)
    words = (
        "sh",
        "-c",
        'ulimit -t 60; exec "$@"',
        "sh",
        sys.executable,
        "-m",
        "harness",
        "report",
        "-q",
        str(tmp_path),
    )
    measured = subprocess.run([sys.executable, "-c", MEASURE, *words], capture_output=True, text=True, check=True)
    code, peak = map(int, measured.stdout.split())
    assert code == 1
    assert peak * 1024 < 300 * 1_000_000
    assert (tmp_path / "report.html").stat().st_size < 2 * MEBIBYTE
