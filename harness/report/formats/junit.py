"""``junit.xml``: a test case for every case, as GitLab, Jenkins, Buildkite and the actions of GitHub read it.

A case with a finding that fails the gate is a failure, one that could not be shown an error: never a pass. What does
not apply is skipped, with its reason. The last test case is the verdict of the run itself, so that whoever reads this
file alone takes no unknown run for a green one.

GitLab groups by ``classname`` and drops a second test case of the same name, Jenkins reads one failure of each: so
names are unique, and a failure tells all the findings of its case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from harness.model.records import record
from harness.model.verdicts import Verdict
from harness.report.format import CaseLine, EntryCoverage, Report, ReportedFinding
from harness.report.formats.tally import counted
from harness.report.formats.told import block, commands, head, line, paragraphs

Outcome = Literal["passed", "failure", "error", "skipped"]

OUTCOME: Mapping[Verdict | None, Outcome] = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failure",
    Verdict.UNKNOWN: "error",
    None: "skipped",
}
"""What a verdict is in JUnit's words; None: nothing applied."""
_TEXT = 8_000
"""Characters of what is told of one test case."""
_MESSAGE = 400


@record
class _Test:
    """A test case; ``aside`` is what a passed one has to say all the same."""

    classname: str
    name: str
    outcome: Outcome
    seconds: float = 0.0
    message: str = ""
    text: str = ""
    aside: str = ""


def render(report: Report) -> str:
    """Return the report as JUnit XML."""
    root = Element("testsuites", name="harness")
    tests: list[_Test] = []
    for name, held in _suites(report):
        root.append(_suite(name, held, report.run.started))
        tests += held
    _count(root, tests)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suites(report: Report) -> Iterator[tuple[str, list[_Test]]]:
    """Yield a suite for each family, then that of the verdict."""
    seen = _by_case(report.findings)
    families: dict[str, list[_Test]] = {}
    for entry in report.coverage.entries:
        families.setdefault(entry.family, []).extend(_tests(entry, seen))
    yield from families.items()
    yield "verdict", [_verdict(report)]


def _by_case(findings: Iterable[ReportedFinding]) -> Mapping[str, Sequence[ReportedFinding]]:
    """Return the findings of each case that shows one, the worst first."""
    seen: dict[str, list[ReportedFinding]] = {}
    for finding in findings:
        for case in dict.fromkeys((finding.case, *finding.witnesses)):
            seen.setdefault(case, []).append(finding)
    return seen


def _tests(entry: EntryCoverage, seen: Mapping[str, Sequence[ReportedFinding]]) -> Iterator[_Test]:
    """Yield a test case for every case of an entry, then one for each that was left out of the plan."""
    classname = line(".".join((entry.family, entry.scenario, entry.entry)))
    for case in entry.cases:
        yield _case(classname, case, seen.get(case.id, ()))
    yield from _left_out(classname, entry)


def _case(classname: str, case: CaseLine, findings: Sequence[ReportedFinding]) -> _Test:
    """Return the test case of a planned case."""
    outcome = OUTCOME[case.verdict]
    told = "\n\n".join(_finding(finding, case) for finding in findings)
    doubts = "\n".join(filter(None, (case.not_run, *case.unknown)))
    said = {
        "passed": "",
        "failure": "; ".join(head(finding) for finding in findings if finding.fails_gate),
        "error": case.not_run or next(iter(case.unknown), "it could not be shown"),
        "skipped": "no check applies to it",
    }[outcome]
    text = "\n\n".join(filter(None, (case.title, told, doubts)))
    return _Test(
        classname=classname,
        name=line(case.id),
        outcome=outcome,
        seconds=case.took,
        message=line(said, _MESSAGE),
        text=text if outcome in ("failure", "error") else "",
        aside=text if outcome in ("passed", "skipped") and findings else "",
    )


def _finding(finding: ReportedFinding, case: CaseLine) -> str:
    """Return a finding as one case shows it: whole in its smallest case, elsewhere with the way there."""
    if case.id != finding.case:
        return f"{head(finding)}\nthe same as in {line(finding.case)}, fingerprint {line(finding.fingerprint)}"
    told = (f"{word}: {said}" for word, said in paragraphs(finding))
    return "\n".join((head(finding), *told, *commands(finding)))


def _left_out(classname: str, entry: EntryCoverage) -> Iterator[_Test]:
    """Yield what never became a case: an error where it was required, else skipped."""
    count = entry.count
    never = count.possible - count.planned
    required = count.not_run - sum(bool(case.not_run) for case in entry.cases)
    not_run = {case.not_run for case in entry.cases}
    reasons = "; ".join(reason.text for reason in entry.left_out if reason.text not in not_run)
    words = ["not planned"] * required + ["deferred"] * count.deferred
    words += ["not applicable"] * (never - len(words))
    for number, word in enumerate(words, start=1):
        outcome: Outcome = "error" if number <= required else "skipped"
        name = line(f"{word} {number}: {entry.entry}/{entry.operation}")  # what tells it apart is never clipped
        message = line(reasons, _MESSAGE)
        yield _Test(classname=classname, name=name, outcome=outcome, message=message, text=reasons)


def _verdict(report: Report) -> _Test:
    """Return the test case that is the run itself."""
    outcome = OUTCOME[report.verdict]
    notices = (notice.text for notice in report.notices)
    text = "\n".join((report.sentence, *report.reasons, *notices, counted(report)))
    return _Test(
        classname="harness",
        name="verdict",
        outcome=outcome,
        message=line(report.sentence, _MESSAGE),
        text=text,
        aside=text if outcome == "passed" else "",
    )


def _suite(name: str, tests: Sequence[_Test], started: str) -> Element:
    """Return a suite with its test cases."""
    suite = Element("testsuite", name=name, timestamp=line(started)[:19])
    _count(suite, tests)
    for test in tests:
        suite.append(_element(test))
    return suite


def _count(element: Element, tests: Sequence[_Test]) -> None:
    """Put the numbers of test cases on an element."""
    numbers = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    element.set("tests", str(len(tests)))
    for attribute, outcome in numbers.items():
        element.set(attribute, str(sum(test.outcome == outcome for test in tests)))
    element.set("time", f"{sum(test.seconds for test in tests):.3f}")


def _element(test: _Test) -> Element:
    """Return a test case."""
    case = Element("testcase", classname=test.classname, name=test.name, time=f"{test.seconds:.3f}")
    if test.outcome != "passed":
        what = SubElement(case, test.outcome, message=test.message, type=test.outcome)
        what.text = block(test.text, _TEXT)
    if test.aside:
        SubElement(case, "system-out").text = block(test.aside, _TEXT)
    return case
