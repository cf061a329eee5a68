"""Foreign text in GitHub's Markdown: it stays text, whatever it holds.

Text that is nothing but words stands as it is. All other stands in a code span or a fence: in there nothing is a tag,
a link, a mention of a person, an issue or a formula. (Backslashes alone would not do: mentions are found after them.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.report.formats.told import LONGEST, line

_WORDS = re.compile(
    r"(?:[A-Za-z0-9 ,;()%'\"+=-]|[.:](?= |\Z)|(?<=\d)\.(?=\d)|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|(?<![:/])/(?!/))*\Z"
)
"""No punctuation to which Markdown, HTML, GitHub's mentions or its links give a meaning."""
_TICKS = re.compile("`+")


def words(text: str, width: int = LONGEST) -> str:
    """Return text of at most ``width`` characters on one line: as it is where it is words, else as a code span."""
    shown = line(text, width)
    if _WORDS.match(shown):
        return shown
    ticks = "`" * (_longest_run(shown) + 1)
    gap = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{gap}{shown}{gap}{ticks}"


def fence(lines: Iterable[str], language: str = "") -> str:
    """Return lines as a block of code that none of them can end."""
    held = tuple(lines)
    ticks = "`" * max(3, 1 + max(map(_longest_run, held), default=0))
    return "\n".join((ticks + language, *held, ticks))


def _longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in _TICKS.findall(text)), default=0)
