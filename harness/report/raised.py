"""The last traceback in a log, short enough to read: where it was raised, the service's own frames, what was raised."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

HEADER = "Traceback (most recent call last):"
FRAME_LINES = 12
"""Lines of frames that are shown; what is left out between them takes a line more for each place."""

_IN_JSON = re.compile(r'"' + re.escape(HEADER) + r'(?:[^"\\]|\\.)*"')
_MARGIN = re.compile(r"[ |]*")
"""What stands before each line of a traceback inside an exception group."""
_INSTALLED = re.compile(r"[/\\](?:site|dist)-packages[/\\]|[/\\][Ll]ib(?:64)?[/\\]python\d|\"<frozen ")
"""Frames of code that came with the interpreter or with a package; all others are the service's own."""
_LONGEST_FRAME = 4


def last_traceback(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the last traceback among the lines of a log, the middle clipped; none: no lines.

    It stands there as Python prints it, behind words of a logger, or as one string of a JSON line. Of frames the one
    that raised is kept first, then the service's own, then the others, each kind from the inside out.
    """
    found = list(_tracebacks(lines))
    if not found:
        return ()
    inside, raised = found[-1]
    return (HEADER, *_clipped(_frames(inside)), *raised)


def raised_at(lines: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return what was raised where, of each traceback in a log: the name of the exception, and file and function.

    The place is the innermost of the service's own frames; without its line, which the same code may reach by another.
    """
    return frozenset(
        (raised[0].partition(":")[0].strip(), _place(_frames(inside)))
        for inside, raised in _tracebacks(lines)
        if raised
    )


def _place(frames: Sequence[Sequence[str]]) -> str:
    """Return file and function of the innermost own frame, or where none is the service's of the innermost."""
    own = [frame for frame in frames if not _INSTALLED.search(frame[0])] or frames
    return re.sub(r"line \d+, ", "", own[-1][0].strip()) if own else ""


def _tracebacks(lines: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield of each traceback the lines of its frames, and the one line that says what was raised, if it is there."""
    text = [part for line in lines for part in _unfolded(line)]
    for place, line in enumerate(text):
        if not _begins(line):
            continue
        after = _behind(text[place + 1 :], _margin(line))
        inside = list(takewhile(lambda line: line.startswith((" ", "\t")), after))
        yield inside, after[len(inside) : len(inside) + 1]


def _behind(lines: Iterable[str], margin: str) -> list[str]:
    """Return the lines that have the margin, without it, up to the first that has not."""
    return [line.removeprefix(margin) for line in takewhile(lambda line: line.startswith(margin), lines)]


def _begins(line: str) -> bool:
    """Say whether a traceback begins here; that of a group of exceptions goes on in those of its members."""
    return line.endswith(HEADER) and not line.endswith("Group " + HEADER)


def _margin(header: str) -> str:
    """Return the margin of a header that stands inside a group; words of a logger before it are none."""
    found = _MARGIN.match(header)
    margin = found[0] if found else ""
    return margin if header == margin + HEADER else ""


def _unfolded(line: str) -> list[str]:
    """Return the lines of the traceback that a JSON line holds as a string; any other line as it is."""
    held = _IN_JSON.search(line)
    if held is None:
        return [line.rstrip()]
    try:
        return [part.rstrip() for part in str(json.loads(held[0])).splitlines()]
    except ValueError:  # escapes of another language than JSON
        return [line]


def _frames(lines: Iterable[str]) -> list[list[str]]:
    """Group lines by the frame that they belong to, of each the first few: a call may fill a page with its source."""
    frames: list[list[str]] = []
    for line in lines:
        if line.lstrip().startswith('File "') or not frames:
            frames.append([line])
        elif len(frames[-1]) < _LONGEST_FRAME:
            frames[-1].append(line)
    return frames


def _clipped(frames: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of the frames worth most, in their order; how many were left out stands in their place."""
    kept = _kept(frames)
    lines: list[str] = []
    left_out = 0
    for place, frame in enumerate(frames):
        if place not in kept:
            left_out += 1
            continue
        lines += [*_gap(left_out), *frame]
        left_out = 0
    return lines


def _kept(frames: Sequence[Sequence[str]]) -> set[int]:
    """Return the places of the frames that fit, in the order of their worth until one does not."""
    inside_out = range(len(frames) - 1, -1, -1)
    by_worth = sorted(
        inside_out, key=lambda place: (place != len(frames) - 1, bool(_INSTALLED.search(frames[place][0])))
    )
    kept: set[int] = set()
    room = FRAME_LINES
    for place in by_worth:
        room -= len(frames[place])
        if room < 0:
            break
        kept.add(place)
    return kept


def _gap(left_out: int) -> list[str]:
    return [f"  … {left_out} frame{'' if left_out == 1 else 's'} left out …"] if left_out else []
