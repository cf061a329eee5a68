"""Whatever a run was and whatever a service said, every form is read by independent readers, and all tell the same."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

import jsonschema
from hypothesis import HealthCheck, given, settings
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from harness.model.codec import from_json, to_json
from harness.model.verdicts import Verdict
from harness.report.format import Report
from harness.report.formats import github, junit, markdown, sarif
from harness.report.formats.tally import cases, counted, tally
from harness.report.html import render as page
from harness.report.schema import schema
from harness.report.shown import visible_throughout
from tests.unit.report.random_reports import reports

VALID = jsonschema.Draft202012Validator(schema())
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What XML 1.0 forbids, what moves a cursor, what reorders text."""

quick = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@quick
@given(reports())
def test_json(report: Report) -> None:
    """Once its texts are visible, a report fits the published schema and is read back without loss."""
    shown = visible_throughout(report)
    text = to_json(shown)
    VALID.validate(json.loads(text))
    assert from_json(Report, text) == shown
    assert FORBIDDEN.search(json.dumps(json.loads(text), ensure_ascii=False)) is None


@quick
@given(reports())
def test_junit(report: Report) -> None:
    """JUnit has a test case for all that was possible and one for the verdict, each once, and counts them itself."""
    text = junit.render(report)
    assert FORBIDDEN.search(text) is None
    root = ET.fromstring(text)
    read = [case for suite in JUnitXml.fromstring(text.encode()) for case in suite]
    kinds = Counter(case.result[0]._tag if case.result else "passed" for case in read if case.classname != "harness")
    never = sum(entry.count.possible - entry.count.planned for entry in report.coverage.entries)
    skipped = sum(e.count.not_applicable + e.count.deferred for e in report.coverage.entries)
    held = tally(report)
    assert kinds == Counter(
        passed=held.passed,
        failure=held.failed,
        error=held.unknown + never - skipped,
        skipped=held.nothing + skipped,
    )
    assert max((len(case.result) for case in read), default=0) <= 1
    assert len({(case.classname, case.name) for case in read}) == len(read) == report.coverage.total.possible + 1
    (verdict,) = [case for case in read if case.classname == "harness"]
    assert bool(verdict.result) is (report.verdict is not Verdict.PASS)
    assert [int(root.get(name, "-1")) for name in ("tests", "failures", "errors", "skipped")] == [
        sum(int(suite.get(name, "-1")) for suite in root) for name in ("tests", "failures", "errors", "skipped")
    ]


@quick
@given(reports())
def test_markdown(report: Report) -> None:
    """The summary has its headings, its one table and its counts, whatever text stands in it."""
    text = markdown.render(report)
    assert FORBIDDEN.search(text) is None
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    children = {child.type for token in tokens for child in token.children or ()}
    kinds = Counter(token.type for token in tokens)
    assert (kinds["heading_open"], kinds["table_open"], kinds["html_block"]) == (1 + len(report.findings), 1, 0)
    assert kinds["fence"] == len(report.findings)
    assert children <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    assert counted(report) in text


@quick
@given(reports())
def test_sarif(report: Report) -> None:
    """SARIF fits the official schema; each finding is a result with a place, and the counts are beside them."""
    text = sarif.render(report)
    run = json.loads(text)["runs"][0]
    assert FORBIDDEN.search(json.dumps(run, ensure_ascii=False)) is None
    assert len(Sarif.model_validate(json.loads(text)).runs[0].results or ()) == len(report.findings)
    assert [result["partialFingerprints"]["harness/v1"] for result in run["results"]] == [
        finding.fingerprint for finding in report.findings
    ]
    for result in run["results"]:
        where = result["locations"][0]["physicalLocation"]
        assert where["artifactLocation"]["uri"]
        assert where["region"]["startLine"] >= 1
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert run["properties"]["verdict"] == report.verdict
    assert [run["properties"][name] for name in ("passed", "failed", "unknown", "nothing")] == [
        sum(case.verdict is verdict for case in cases(report))
        for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, None)
    ]


@quick
@given(reports())
def test_annotations(report: Report) -> None:
    """Each annotation is one command on one line, and the last tells the counts."""
    lines = github.render(report).split("\n")
    assert FORBIDDEN.search("\n".join(lines)) is None
    assert len(lines) == 1 + len(report.findings) + len(report.doubts)
    assert [
        line for line in lines if not re.match(r"::(error|warning|notice) file=[^:,]*,line=\d+,title=[^:,]*::", line)
    ] == []
    assert lines[-1].endswith("%0A" + counted(report))


@quick
@given(reports())
def test_page(report: Report) -> None:
    """The page holds no character that moves a cursor or reorders text, and can be written as UTF-8."""
    assert FORBIDDEN.search(page(visible_throughout(report))) is None
