"""The pages of the documentation, and what stands in them: links, anchors, fenced blocks, inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "sample_app" / "README.md",
        ROOT / "reports" / "README.md",
    ]
)

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_RUNS = re.compile(r"<!-- run in: (?P<place>\S+) -->\n+\Z")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A fenced block. ``place`` is the directory in which it is run, below the root; empty: it is only read."""

    page: str
    line: int
    language: str
    text: str
    place: str = ""


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page; ``<!-- run in: DIRECTORY -->`` before a block says that it is run."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        runs = _RUNS.search(text, 0, found.start())
        lines = [line.removeprefix(found["indent"]) for line in found["text"].splitlines()]
        yield Block(
            page=page.relative_to(ROOT).as_posix(),
            line=text.count("\n", 0, found.start()) + 1,
            language=found["language"],
            text="\n".join(lines) + "\n",
            place=runs["place"] if runs else "",
        )


def prose(page: Path) -> str:
    """Return the text of a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def inline_code(page: Path) -> list[str]:
    """Return what stands between backticks in the prose of a page."""
    return _CODE.findall(prose(page))


def links(page: Path) -> list[str]:
    """Return where the links and images of a page lead; a link to another site is none of ours."""
    found = _LINK.findall(_CODE.sub("", prose(page)))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Return the anchors that a code host gives to the headings of a page."""
    return {slug(text) for text in _HEADING.findall(prose(page))}


def slug(heading: str) -> str:
    """Return the anchor of a heading: small letters, digits, ``_`` and ``-``; a space is a ``-``."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
