"""The page on which users read every way, as the suite proves it."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from harness.model.exits import Exit
from tests.falsegreen import the_directory, the_harness, the_load, the_outside, the_plan, the_service
from tests.falsegreen.ways import Way

PLACES = (the_service, the_harness, the_load, the_plan, the_directory)
"""The modules that hold ways which need no server, in the order of the page."""

_HEAD = """\
# No false green

The first promise: a run that saw nothing, or not enough, or whose parts broke, does not end in a pass. These are the ways
that are tried on every change of the harness (`tests/falsegreen`), with the exit code that each ends in and what is
said. The other way round, a run in which nothing is broken passes: the suite shows that first.

Exit codes: 1 fail, 2 the harness refuses to judge what lies there, 3 unknown, 4 the service could not be used, 130 the run
was cut short.
"""


def ways() -> tuple[Way, ...]:
    """Return every way of the suite."""
    return tuple(way for place in PLACES for way in place.WAYS)


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join((_HEAD, *(_section(place) for place in (*PLACES, the_outside)))).rstrip() + "\n"


def _section(place: ModuleType) -> str:
    return "\n".join(_lines(place)) + "\n"


def _lines(place: ModuleType) -> Iterator[str]:
    yield f"## {(place.__doc__ or '').strip().rstrip('.')}"
    yield ""
    yield "| what is wrong | exit | what is said |"
    yield "|---|---|---|"
    for way in place.WAYS:
        yield f"| {way.name} | {Exit(way.exit).value} | {_cell(way.told)} |"


def _cell(told: tuple[str, ...]) -> str:
    """Return the sentence that says most, and how many others there are."""
    shown = next((sentence for sentence in told if sentence != the_service.EXAMPLE), told[0])
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return f"`{' '.join(shown.split())}`{more}".replace("|", "\\|")
