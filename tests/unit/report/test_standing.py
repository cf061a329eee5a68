"""What the gate does not count is shown with the reason, in the sentence, on the last screen and on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.model.gates import Baseline, Gate, KnownFinding, Notice, Ratio, Standing, Waiver
from harness.model.verdicts import Severity, Verdict
from harness.report.document import build
from harness.report.format import GateLine, Report
from harness.report.html import render
from harness.report.screen import last_screen, plain
from harness.report.standing import repeated, standing
from harness.verdict import Group, RunVerdict
from tests.unit.report.made import FOUND, PLAN, RUN, bad_report, bad_scopes

WAIVER = Waiver(fingerprint=FOUND[0].fingerprint, reason="LED-12 \x1b[31m<b>", until="2025-06-30")
KNOWN = KnownFinding(
    fingerprint=FOUND[1].fingerprint,
    check=FOUND[1].check,
    severity=Severity.MAJOR,
    operation="create_batch",
    trouble="deep-nesting",
    symptom="500",
    entry="MJ11",
    title="t",
    cases=("MJ11/create_batch/1",),
    first_seen="2024-12-01",
)
GATE = Gate(waivers=(WAIVER,), baseline=Baseline(findings=(KNOWN,)), baseline_file="reports/baseline.json")
STANDINGS = (Standing.WAIVED, Standing.KNOWN, Standing.NEW, Standing.NEW)
NOTICE = Notice(kind="mended", fingerprint="0" * 12, text="mended: create_batch: hang \x1b[0m")


def report(verdict: Verdict = Verdict.FAIL, count: int = 4, ratio: Ratio | None = None) -> Report:
    """Return the report of a run whose first finding is waived and whose second is known, with ``count`` in all."""
    found = [replace(f, standing=s) for f, s in zip(FOUND, STANDINGS, strict=True)][:count]
    groups = tuple(Group(fingerprint=f.fingerprint, finding=f, witnesses=(f.case,), ratio=ratio) for f in found)
    decided = RunVerdict(verdict=verdict, groups=groups)
    return build(replace(RUN, gate=GATE), PLAN, (), bad_scopes(), decided, (NOTICE,))


def test_a_finding_tells_its_standing() -> None:
    """Each finding carries what excuses it, and the whole how many are not counted."""
    made = report()
    assert [(f.standing, f.reaches_gate, f.fails_gate, f.waiver, f.known_since) for f in made.findings] == [
        (Standing.WAIVED, True, False, replace(WAIVER, reason="LED-12 \\x1b[31m<b>"), ""),
        (Standing.KNOWN, True, False, None, "2024-12-01"),
        (Standing.NEW, True, True, None, ""),
        (Standing.NEW, False, False, None, ""),
    ]
    assert [standing(finding) for finding in made.findings] == [
        "waived until 2025-06-30: LED-12 \\x1b[31m<b>",
        "known since 2024-12-01",
        "fails the gate",
        "does not fail the gate (must, minor)",
    ]
    assert made.gate == GateLine(
        fail_on=Severity.MAJOR,
        waivers=1,
        baseline="reports/baseline.json",
        known=1,
        findings_waived=1,
        findings_known=1,
    )


def test_the_sentence_says_on_what_it_rests() -> None:
    """Neither green nor red comes without what was not counted."""
    assert [report().sentence, report(Verdict.PASS, 2).sentence, report(Verdict.PASS, 1).sentence] == [
        (
            "1 defect fails the gate (1 major): create_batch: hang (no-answer); all 5 planned cases ran; "
            "1 known finding and 1 waived finding are not counted"
        ),
        (
            "all 5 planned cases ran, and no new finding reaches the gate: "
            "1 known finding and 1 waived finding are not counted"
        ),
        "all 5 planned cases ran, and no new finding reaches the gate: 1 waived finding is not counted",
    ]


def test_the_last_screen_says_what_is_not_counted_and_why() -> None:
    """Reason and last day stand whole, escapes of their author are visible; a ratio says when a finding is rare."""
    told = list(last_screen(report(ratio=Ratio(seen=1, of=3)), Path("run"), 80, plain))
    assert [line for line in told if line.startswith("not counted: ")] == [
        "not counted: create_batch: doubled effect (duplicate): waived until 2025-06-30:",
        "not counted: create_batch: 500 (deep-nesting): known since 2024-12-01",
    ]
    assert "             LED-12 \\x1b[31m<b>" in told
    assert "   repeats   seen 1 of 3 times: does not repeat each time" in told
    assert "  * mended: create_batch: hang \\x1b[0m" in told


def test_the_page_says_what_is_not_counted_and_why() -> None:
    """The reason is data: no markup of its author becomes the page's."""
    page = render(report(ratio=Ratio(seen=3, of=3)))
    assert "waived until 2025-06-30: LED-12 \\x1b[31m&lt;b&gt;" in page
    assert "Not counted: waived, or known already (2)" in page
    assert "seen 3 of 3 times" in page
    assert "mended: create_batch: hang" in page


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (None, ""),
        (Ratio(seen=3, of=3), "seen 3 of 3 times"),
        (Ratio(seen=1, of=3), "seen 1 of 3 times: does not repeat each time"),
    ],
)
def test_a_ratio_in_words(ratio: Ratio | None, told: str) -> None:
    """What was carried out once says nothing about repeating."""
    assert repeated(replace(bad_report().findings[0], ratio=ratio)) == told
