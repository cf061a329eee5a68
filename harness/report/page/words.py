"""Verdicts and severities as a mark and a word: colour only repeats what both already say."""

from __future__ import annotations

from harness.model.cases import Family
from harness.model.verdicts import Severity, Verdict
from harness.report.page.markup import Html, tag

VERDICT = {Verdict.PASS: ("✓", "pass"), Verdict.FAIL: ("✕", "fail"), Verdict.UNKNOWN: ("?", "unknown")}
MARK: dict[Verdict | None, str] = {**{value: mark for value, (mark, _) in VERDICT.items()}, None: "–"}
"""The mark alone, beside a word or a number; None is what did not apply."""
SEVERITY = {
    Severity.CRITICAL: "▲▲ critical",
    Severity.MAJOR: "▲ major",
    Severity.MINOR: "△ minor",
    Severity.NOTE: "· note",
}
FAMILY = {
    Family.REFERENCE: "Reference runs",
    Family.MALFORMED: "Malformed payloads",
    Family.DUPLICATE: "Duplicate events",
    Family.TIMEOUT: "Failing dependencies",
    Family.LOAD: "Load",
    Family.VERSIONS: "Old clients",
}


def verdict(value: Verdict | None) -> Html:
    """Return a verdict as a badge; None is what did not apply."""
    if value is None:
        return tag("span", "– not applicable", class_="badge none")
    mark, word = VERDICT[value]
    return tag("span", f"{mark} {word}", class_=f"badge {word}")


def severity(value: Severity) -> Html:
    """Return a severity as a badge."""
    return tag("span", SEVERITY[value], class_=f"badge {value.value}")


def duration(seconds: float) -> str:
    """Return seconds as people say them: ``4.2 ms``, ``1.50 s``, ``2 min 5 s``."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.2f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def milliseconds(value: float) -> str:
    """Return milliseconds with as many digits as mean something."""
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
