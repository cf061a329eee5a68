"""``report.sarif``: SARIF 2.1.0 (OASIS), for GitHub's code scanning and whatever else shows results beside code.

A check is a rule, a finding a result. Each result has a physical location: one without makes GitHub refuse the file.
Our own fingerprint tells results apart; GitHub's own, over the source line, would merge the findings of one handler.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from urllib.parse import quote

from harness.model.gates import Standing
from harness.model.runs import State
from harness.model.verdicts import Severity, Verdict
from harness.report.format import CheckLine, Place, Report, ReportedFinding
from harness.report.formats.tally import tally
from harness.report.formats.told import commands, head, line, paragraphs
from harness.report.standing import standing

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
LEVEL: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.MAJOR: "error",
    Severity.MINOR: "warning",
    Severity.NOTE: "note",
}
"""The level of a finding that fails the gate; any other is a warning at most, since it stops nobody."""

Json = dict[str, object]


def render(report: Report) -> str:
    """Return the report as SARIF."""
    rules = {name: place for place, name in enumerate(_rules(report))}
    run: Json = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": "harness/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(finding, rules) for finding in report.findings],
        "properties": {"verdict": report.verdict, "sentence": line(report.sentence), **asdict(tally(report))},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rules(report: Report) -> Mapping[str, CheckLine | None]:
    """Return every check of the run, and those that only a finding names (None), by name."""
    known: dict[str, CheckLine | None] = {check.check: check for check in report.checks}
    return known | {finding.check: None for finding in report.findings if finding.check not in known}


def _driver(report: Report) -> Json:
    """Return what made the results: the harness with its checks as rules."""
    rules = [_rule(name, check) for name, check in _rules(report).items()]
    return {"name": "harness", "version": line(report.run.harness), "rules": rules}


def _rule(name: str, check: CheckLine | None) -> Json:
    """Return a check as a rule."""
    title, promise = (check.title, check.promise) if check else ("", "")
    return {
        "id": line(name),
        "shortDescription": {"text": line(title or name)},
        "fullDescription": {"text": line(promise or title or name)},
        "help": {"text": line(promise or title or name)},
        "properties": {"tags": ["reliability"]},
    }


def _result(finding: ReportedFinding, rules: Mapping[str, int]) -> Json:
    """Return a finding as a result."""
    told = "\n".join((f"{head(finding)}.", *(f"{word}: {said}" for word, said in paragraphs(finding))))
    excused = finding.standing is not Standing.NEW
    return {
        "ruleId": line(finding.check),
        "ruleIndex": rules[finding.check],
        "level": _level(finding),
        "message": {"text": _plain("\n".join((told, *commands(finding)[-1:])))},
        "locations": [_location(finding.place, f"{finding.operation}: {finding.entry}")],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "harness/v1": finding.fingerprint,
        },
        "properties": {
            "severity": finding.severity,
            "force": finding.force,
            "blame": finding.blame,
            "failsGate": finding.fails_gate,
            "standing": finding.standing,
            "witnesses": len(finding.witnesses),
        },
        "suppressions": [{"kind": "external", "justification": line(standing(finding))}] if excused else [],
    }


def _level(finding: ReportedFinding) -> str:
    """Return the level of a result."""
    level = LEVEL[finding.severity]
    return "warning" if level == "error" and not finding.fails_gate else level


def _plain(text: str) -> str:
    """Return text in which nothing is a link: SARIF takes ``[text](target)`` for one (3.11.6)."""
    return text.replace("](", "] (")


def _location(place: Place, name: str) -> Json:
    """Return a place as a location."""
    where = {"uri": quote(line(place.file)) or "harness.yaml", "uriBaseId": _ROOT}
    return {
        "physicalLocation": {"artifactLocation": where, "region": {"startLine": max(place.line, 1)}},
        "logicalLocations": [{"fullyQualifiedName": line(name), "kind": place.what}],
    }


def _invocation(report: Report) -> Json:
    """Return how the run went: what it could not show is told, since results alone would look like a pass."""
    return {
        "executionSuccessful": report.run.state == State.COMPLETE and report.verdict is not Verdict.UNKNOWN,
        "toolExecutionNotifications": list(_notifications(report)),
    }


def _notifications(report: Report) -> Iterator[Json]:
    """Yield each thing that was not shown."""
    return ({"level": "error", "message": {"text": _plain(line(doubt))}} for doubt in report.doubts)
