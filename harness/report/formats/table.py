"""The one table of formats: what each is called, the file that holds it in a run directory, and what makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from harness.model.codec import to_json
from harness.model.records import record
from harness.report import html
from harness.report.format import Report
from harness.report.formats import github, junit, markdown, sarif

SOURCE = "report.json"
"""The file from which every other one is made."""


@record
class Format:
    """One form of the report. ``file`` is its name in a run directory; empty: it is made only when asked for."""

    file: str
    render: Callable[[Report], str]
    readers: str


FORMATS: Mapping[str, Format] = {
    "json": Format(
        file=SOURCE,
        render=to_json,
        readers="programs: [its fields](report-format.md), [its schema](report.schema.json)",
    ),
    "html": Format(file="report.html", render=html.render, readers="people: one self-contained page"),
    "junit": Format(
        file="junit.xml", render=junit.render, readers="GitLab, Jenkins, Buildkite, actions of GitHub that show tests"
    ),
    "markdown": Format(
        file="summary.md", render=markdown.render, readers="people, on the page of a job of GitHub or in a comment"
    ),
    "sarif": Format(file="report.sarif", render=sarif.render, readers="GitHub code scanning, editors"),
    "annotations": Format(
        file="",
        render=github.render,
        readers="GitHub Actions, on standard output; `harness run` writes them by itself there",
    ),
}


def rendered(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file of a run directory but ``report.json``."""
    for held in FORMATS.values():
        if held.file and held.file != SOURCE:
            yield held.file, held.render(report)
