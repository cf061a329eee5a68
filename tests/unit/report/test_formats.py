"""Other programs read the report through their own eyes: readers that know nothing of the harness see what happened."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from junitparser import JUnitXml, TestCase
from markdown_it import MarkdownIt
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from harness.cli.options import FORMATS as OFFERED
from harness.model.verdicts import Force, Severity, Verdict
from harness.report.format import Place, Report
from harness.report.formats import github, junit, markdown, sarif
from harness.report.formats.table import FORMATS, rendered
from harness.report.formats.tally import Tally, tally
from tests.unit.report.made import KEPT, bad_report, good_report, unknown_report

REPORTS = {"good": good_report, "bad": bad_report, "unknown": unknown_report}


def test_the_formats_offered_are_those_of_the_table() -> None:
    """`--format` takes the names of the one table of formats."""
    assert tuple(FORMATS) == OFFERED


def test_every_file_but_the_source_is_rendered() -> None:
    """A run directory gets each form that has a file, from report.json and nothing else."""
    assert [name for name, _ in rendered(good_report())] == ["report.html", "junit.xml", "summary.md", "report.sarif"]


@pytest.mark.parametrize("name", REPORTS)
def test_the_numbers_are_those_of_the_coverage(name: str) -> None:
    """Cases by verdict make up the planned ones, findings those of the report."""
    report = REPORTS[name]()
    held = tally(report)
    assert held.cases == report.coverage.total.planned == held.passed + held.failed + held.unknown + held.nothing
    assert held.failing + held.advice == len(report.findings)


def cases_in(report: Report) -> list[TestCase]:
    """Return the test cases that junitparser reads."""
    read = JUnitXml.fromstring(junit.render(report).encode())
    return [case for suite in read for case in suite]


def outcomes(report: Report) -> dict[str, str]:
    """Return what each test case is, by its name."""
    return {str(case.name): str(case.result[0]._tag) if case.result else "passed" for case in cases_in(report)}


def test_junit_tells_each_case() -> None:
    """A finding that fails the gate is a failure, what was not shown an error, what does not apply skipped."""
    assert outcomes(bad_report()) == {
        "MJ11/create_batch/1": "failure",
        "MW22/create_batch/1": "passed",
        "not applicable 1: MH09/create_batch": "skipped",
        "D01/create_batch/1": "failure",
        "T02/create_batch/1": "failure",
        "L01/create_batch/1": "error",
        "verdict": "failure",
    }


def test_junit_never_shows_a_pass_of_what_did_not_run() -> None:
    """The cases of an interrupted run are errors, and so is its verdict."""
    assert Counter(outcomes(unknown_report()).values()) == {"passed": 1, "error": 5, "skipped": 1}
    assert outcomes(unknown_report())["verdict"] == "error"


def test_junit_has_the_verdict_where_all_cases_pass() -> None:
    """Where nothing but the run as a whole is unknown, the file is not green."""
    assert (
        outcomes(replace(good_report(), verdict=Verdict.UNKNOWN, reasons=("nothing was shown",)))["verdict"] == "error"
    )


def test_junit_says_why() -> None:
    """A failure names the finding and the way to repeat it; an error and what was skipped give their reason."""
    said = {str(case.name): case.result[0] for case in cases_in(bad_report()) if case.result}
    assert said["D01/create_batch/1"].message == "critical: doubled effect - create_batch, duplicate (D01)"
    assert "\nharness run --scenario D01 --seed 7" in str(said["D01/create_batch/1"].text)
    assert said["L01/create_batch/1"].message == "load-thresholds: the generator was 310 ms late"
    assert "x-max-body-bytes" in str(said["not applicable 1: MH09/create_batch"].message)


def test_junit_tells_all_findings_of_a_case_in_one_failure() -> None:
    """Jenkins reads one failure of a case: it holds every finding, whole where it is smallest, else with the way there."""
    report = bad_report()
    first, second = report.findings[:2]
    both = replace(report, findings=(first, replace(second, witnesses=(second.case, first.case)), *report.findings[2:]))
    held = next(case for case in cases_in(both) if case.name == first.case).result
    assert [len(held), str(held[0].text).count(first.happened), str(held[0].text).count(second.happened)] == [1, 1, 0]
    assert f"the same as in {second.case}, fingerprint {second.fingerprint}" in str(held[0].text)


def test_junit_names_are_unique() -> None:
    """GitLab drops a second test case of the same class and name."""
    entries = unknown_report().coverage.entries
    left = next(entry for entry in entries if entry.entry == "MH09")
    more = replace(left, count=replace(left.count, possible=3, not_applicable=2, not_run=1))
    report = replace(unknown_report(), coverage=replace(unknown_report().coverage, entries=(*entries[:-1], more)))
    names = [(case.classname, case.name) for case in cases_in(report)]
    assert len(set(names)) == len(names)


def test_junit_skips_what_the_profile_leaves_by_its_own_word() -> None:
    """A case that another profile carries out is no case that does not apply."""
    left = next(entry for entry in good_report().coverage.entries if entry.entry == "MH09")
    more = replace(left, count=replace(left.count, possible=3, deferred=2))
    report = replace(good_report(), coverage=replace(good_report().coverage, entries=(more,)))
    names = [str(case.name).split(" ")[0] for case in cases_in(report) if case.classname != "harness"]
    assert names == ["deferred", "deferred", "not"]


def test_markdown_begins_with_the_verdict_and_the_denominators() -> None:
    """The verdict is first, then its sentence, then a line for each family and one for all."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.render(bad_report()))
    inline = [token.content for token in tokens if token.type == "inline"]
    assert inline[0] == "❌ fail"
    assert inline[1].startswith("3 defects fail the gate")
    assert inline[2:9] == ["cases", "possible", "planned", "run", "deferred", "not applicable", "not run"]
    assert inline[-1 - inline[::-1].index("all") :][:8] == ["all", "6", "5", "5", "0", "1", "0", "❌ fail"]


def test_markdown_tells_findings_worst_first() -> None:
    """Each finding has a heading, and the commands that show it are whole."""
    tokens = MarkdownIt("commonmark").parse(markdown.render(bad_report()))
    heads = [after.content for token, after in pairwise(tokens) if token.tag == "h3" and after.content]
    assert [head.split(" - ")[0] for head in heads] == [
        "1. critical: doubled effect",
        "2. major: 500",
        "3. major: hang",
        "4. minor: effect",
    ]
    fences = [token.content for token in tokens if token.type == "fence"]
    assert [text.splitlines()[-1] for text in fences] == [finding.repeat for finding in bad_report().findings]


def test_markdown_tells_which_file_keeps_a_finding() -> None:
    """The file is named below the run directory, once: the other findings have none."""
    told = re.findall(r"\*\*kept in\*\*: (.*)", markdown.render(bad_report()))
    assert told == [f"`{KEPT} of the run directory, for harness incident accept`"]


def test_markdown_stays_below_its_limit_and_says_what_is_left() -> None:
    """GitHub drops a summary of more than 1,024 KiB: findings are left out before, and their number is said."""
    many = replace(bad_report(), findings=bad_report().findings * 1_000)
    text = markdown.render(many)
    heads = len(re.findall(r"^### ", text, re.MULTILINE))
    assert len(text.encode()) <= 1_024 * 1_024
    assert heads > 500
    assert f"**{4_000 - heads:,} more findings** in `report.html`" in text
    assert len(markdown.render(many, 40_000).encode()) <= 40_000


HOSTILE = (
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "@octocat and @org/team, #1, https://evil.example www.evil.example a@evil.example",
    "``` \n# head\n| a | b |\n| - | - |",
    "`one` ``two`` $`math`$ $$x$$ :tada:",
    "]]> <!-- --> &lt; &#x40;",
    "a\r\n::error::forged\x1b[2J\u202e\ud800\ufffe\x00\x85\u2028",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_keeps_foreign_text_in_code(text: str) -> None:
    """No tag, link, image, mention, heading or table comes of what a service said: outside of code there are only words."""
    finding = replace(bad_report().findings[0], happened=text, symptom=text, look=(text,), repeat=text, check=text)
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    tokens = parser.parse(markdown.render(replace(bad_report(), findings=(finding,), sentence=text)))
    children = [child for token in tokens for child in token.children or ()]
    plain = " ".join(child.content for child in children if child.type == "text")
    assert {child.type for child in children} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    assert sum(token.type == "heading_open" for token in tokens) == 2
    assert sum(token.type == "table_open" for token in tokens) == 1
    assert [token.type for token in tokens if token.type in ("html_block", "blockquote_open", "hr")] == []
    assert re.findall(r"[@#$<>\[\]]|://|www\.", plain) == []


def test_sarif_fits_its_schema_and_has_a_place_for_each_result() -> None:
    """The file fits the official schema; each result has a file, a line, a rule, a level and our fingerprint."""
    read = Sarif.model_validate(json.loads(sarif.render(bad_report())))
    results = read.runs[0].results or []
    rules = [rule.id for rule in read.runs[0].tool.driver.rules or []]
    assert [
        (
            result.ruleId,
            rules[result.ruleIndex if result.ruleIndex is not None else -1],
            str(result.level.value if result.level else ""),
            (result.partialFingerprints or {})["harness/v1"],
        )
        for result in results
    ] == [
        (found.check, found.check, "error" if found.fails_gate else "warning", found.fingerprint)
        for found in bad_report().findings
    ]
    places = [result.locations[0].physicalLocation for result in results if result.locations]
    assert [
        (place.artifactLocation.uri, place.region.startLine)
        for place in places
        if place and place.artifactLocation and place.region
    ] == [(found.place.file, found.place.line) for found in bad_report().findings]


def test_sarif_rules_say_what_a_check_promises() -> None:
    """A rule has the title and the promise of its check."""
    driver = json.loads(sarif.render(bad_report()))["runs"][0]["tool"]["driver"]
    rule = next(rule for rule in driver["rules"] if rule["id"] == "one-effect-per-event")
    assert (rule["shortDescription"]["text"], rule["help"]["text"]) == (
        "One effect per event",
        "An event has its effect once, however often it is sent; an accepted one is not without it.",
    )


def test_sarif_tells_what_was_not_shown() -> None:
    """A run without a result is not taken for a pass where something was not shown."""
    invocation = json.loads(sarif.render(unknown_report()))["runs"][0]["invocations"][0]
    assert invocation == {
        "executionSuccessful": False,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": "4 of 5 planned cases were not judged in MW22/create_batch/1 and 3 more"},
            }
        ],
    }


@pytest.mark.parametrize(
    ("severity", "force", "gate", "level"),
    [
        (Severity.CRITICAL, Force.MUST, True, "error"),
        (Severity.MAJOR, Force.SHOULD, False, "warning"),
        (Severity.MINOR, Force.MUST, False, "warning"),
        (Severity.NOTE, Force.MUST, False, "note"),
    ],
)
def test_sarif_levels(severity: Severity, force: Force, gate: bool, level: str) -> None:
    """The level follows the severity, and what fails no gate is no error."""
    finding = replace(bad_report().findings[0], severity=severity, force=force, fails_gate=gate)
    (result,) = json.loads(sarif.render(replace(bad_report(), findings=(finding,))))["runs"][0]["results"]
    assert result["level"] == level


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """Return what GitHub reads: the kind, the properties and the text of each workflow command."""
    undo = {"%0A": "\n", "%0D": "\r", "%3A": ":", "%2C": ",", "%25": "%"}

    def plain(text: str) -> str:
        return re.sub("%0A|%0D|%3A|%2C|%25", lambda found: undo[found[0]], text)

    read = [re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line) for line in github.render(report).splitlines()]
    return [
        (
            found[1],
            {name: plain(value) for name, value in (p.split("=", 1) for p in found[2].split(","))},
            plain(found[3]),
        )
        for found in read
        if found
    ]


def test_annotations_come_worst_first_with_their_place() -> None:
    """A finding that fails the gate is an error at its place, advice a warning, the verdict a notice with all counts."""
    told = commands(bad_report())
    assert [(kind, where["file"], where["line"], where["title"]) for kind, where, _ in told] == [
        ("error", "scenarios/duplicate.yaml", "4", "critical: doubled effect - create_batch, duplicate (D01)"),
        ("error", "scenarios/malformed.yaml", "4", "major: 500 - create_batch, deep-nesting (MJ11)"),
        ("error", "scenarios/timeout.yaml", "4", "major: hang - create_batch, no-answer (T02)"),
        ("error", "harness.yaml", "1", "not shown"),
        ("warning", "scenarios/malformed.yaml", "5", "minor: effect - create_batch, cut-body (MW22)"),
        ("notice", "harness.yaml", "1", "harness: fail"),
    ]
    assert told[0][2].splitlines()[0] == "happened: One event, two effects: key-1, key-2."


def test_annotations_keep_to_ten_of_a_kind() -> None:
    """GitHub shows ten annotations of a kind: the worst ten are written, the notice counts all."""
    many = replace(bad_report(), findings=(*bad_report().findings[:3] * 20, *bad_report().findings[3:] * 20))
    assert Counter(kind for kind, _, _ in commands(many)) == {"error": 10, "warning": 10, "notice": 1}
    assert "80 findings: 60 fail the gate, 20 do not" in commands(many)[-1][2]


@pytest.mark.parametrize("text", HOSTILE)
def test_annotations_are_one_command_a_line(text: str) -> None:
    """What a service said neither ends a command nor begins another."""
    finding = replace(
        bad_report().findings[0], happened=text, symptom=text, place=Place(file=f"a,b:{text}", line=3, what="entry")
    )
    report = replace(bad_report(), findings=(finding,), sentence=text, reasons=())
    assert len(commands(report)) == len(github.render(report).splitlines()) == 2
    assert commands(report)[0][1]["line"] == "3"


def test_megabytes_of_text_are_clipped() -> None:
    """What a service said at length makes no form long, and takes no long time."""
    huge = "\x1b[2J<b>`|" * 600_000
    finding = replace(bad_report().findings[0], happened=huge, expected=huge, why=huge, commands=(huge,), look=(huge,))
    report = replace(bad_report(), findings=(finding,), reasons=(huge,), sentence=huge)
    begun = time.process_time()
    sizes = {name: len(FORMATS[name].render(report)) for name in ("junit", "markdown", "sarif", "annotations")}
    assert {name: size for name, size in sizes.items() if size > 100_000} == {}
    assert time.process_time() - begun < 5


def counts(report: Report) -> Tally:
    """Return the tally as SARIF carries it."""
    held = json.loads(sarif.render(report))["runs"][0]["properties"]
    return Tally(**{name: held[name] for name in Tally.__dataclass_fields__})


@pytest.mark.parametrize("name", REPORTS)
def test_all_formats_carry_the_same_counts(name: str) -> None:
    """Whoever reads one form reads the same run as the readers of the others."""
    report = REPORTS[name]()
    assert counts(report) == tally(report)
