"""What the service made of what was sent, stage by stage, and where clean runs go another way."""

from __future__ import annotations

from harness.report.format import Chapter, Passage, ReportedFinding
from harness.report.page.markup import Html, join, tag
from harness.report.told_story import WORDS, course


def story(finding: ReportedFinding) -> Html | None:
    """Return the story of a finding; None where there is none to tell, as of a load."""
    if not finding.story:
        return None
    return join(
        tag("h4", "Stage by stage"),
        tag("p", course(finding), class_="facts"),
        [_chapter(chapter) for chapter in finding.story],
    )


def _chapter(chapter: Chapter) -> Html:
    return join(
        tag("h5", f"'{chapter.label}' (exchange {chapter.exchange})"),
        tag("ol", [_passage(passage) for passage in chapter.passages], class_="story"),
    )


def _passage(passage: Passage) -> Html:
    """Return one passage; the first that differs from clean runs says so in words, not by its colour alone."""
    mark = "≠ the first that differs: " if passage.turning else "≠ "
    return tag(
        "li",
        tag("span", WORDS[passage.kind], class_="what"),
        tag("span", passage.text),
        tag("code", passage.body) if passage.body else None,
        [tag("code", each) for each in passage.became],
        tag("span", mark + passage.clean, class_="clean") if passage.clean else None,
        class_="turning" if passage.turning else None,
    )
