"""``summary.md``: the verdict, its denominators, and the findings, worst first, as GitHub shows it beside a job.

GitHub drops a summary of more than 1,024 KiB whole; here findings are left out before that, and their number is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.model.verdicts import Verdict
from harness.report.format import Count, Report, ReportedFinding
from harness.report.formats.markup import fence, words
from harness.report.formats.tally import counted
from harness.report.formats.told import commands, head, paragraphs
from harness.report.summary import plural

LIMIT = 1_024 * 1_024
"""Bytes of all summaries of one step, above which GitHub drops them."""
_SPARE = 4_096
"""Bytes kept for the end and for what a shell may add."""
_DOUBTS = 20
_MARK = {Verdict.PASS: "✅ pass", Verdict.FAIL: "❌ fail", Verdict.UNKNOWN: "❔ unknown"}
_HEAD = ("cases", "possible", "planned", "run", "deferred", "not applicable", "not run", "verdict")


def render(report: Report, room: int = LIMIT) -> str:
    """Return the report as Markdown of at most ``room`` bytes of UTF-8, where these are more than its head takes."""
    top = "\n\n".join(_top(report))
    told = [_finding(number, finding) for number, finding in enumerate(report.findings, start=1)]
    shown = _fitting(told, room - len(top.encode()) - _SPARE)
    return "\n\n".join((top, *told[:shown], *_rest(report, shown))) + "\n"


def _fitting(told: Sequence[str], room: int) -> int:
    """Return how many of the first texts fit into ``room`` bytes."""
    for number, text in enumerate(told):
        room -= len(text.encode()) + 2
        if room < 0:
            return number
    return len(told)


def _top(report: Report) -> Iterator[str]:
    """Yield the verdict with its reason, the denominators, and what was not shown."""
    run = report.run
    yield f"## {_MARK[report.verdict]}"
    yield words(report.sentence)
    yield _table(report)
    yield f"{words(counted(report))}. {words(run.target)}, seed {run.seed}, {run.took:.1f} s."
    if report.doubts:
        yield "**Not shown:**"
        yield "\n".join(f"- {words(doubt)}" for doubt in report.doubts[:_DOUBTS])
    if len(report.doubts) > _DOUBTS:
        yield f"{plural(len(report.doubts) - _DOUBTS, 'further reason')} in `report.html`."
    if report.notices:
        yield "**The gate says:**"
        yield "\n".join(f"- {words(notice.text)}" for notice in report.notices[:_DOUBTS])
    if len(report.notices) > _DOUBTS:
        yield f"{plural(len(report.notices) - _DOUBTS, 'further notice')} in `report.html`."


def _table(report: Report) -> str:
    """Return the denominators of every family and of the run."""
    rows = [_row(line.family, line.count, line.verdict) for line in report.coverage.families]
    ruler = ("---", *("---:" for _ in _HEAD[1:-1]), "---")
    lines = (_HEAD, ruler, *rows, _row("all", report.coverage.total, report.verdict))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(name: str, count: Count, verdict: Verdict | None) -> tuple[str, ...]:
    """Return the cells of one line."""
    left = (count.deferred, count.not_applicable, count.not_run)
    numbers = (count.possible, count.planned, count.run, *left)
    return name, *(f"{number}" for number in numbers), _MARK[verdict] if verdict else "-"


def _finding(number: int, finding: ReportedFinding) -> str:
    """Return one finding."""
    told = "\n".join(f"- **{word}**: {words(said)}" for word, said in paragraphs(finding))
    return "\n\n".join((f"### {number}. {words(head(finding))}", told, fence(commands(finding), "sh")))


def _rest(report: Report, shown: int) -> Iterator[str]:
    """Yield how many findings are left, and where they are."""
    if shown < len(report.findings):
        left = len(report.findings) - shown
        yield f"**{plural(left, 'more finding')}** in `report.html`: a summary may hold no more."
