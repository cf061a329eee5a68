"""A comparison of two builds for people: a line for each change on a terminal, and a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from harness.model.comparisons import CHANGES, PLACED, ChangedExchange, Comparison, SeenChange, Uncompared
from harness.report.shown import harmless, one_line

WIDTH = 240
"""Characters of a line on a terminal."""

_TICKS = re.compile("`+")


def as_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what a terminal shows: each change once, what could not be compared, what was declared in vain.

    Changes that nobody declared come first; a change of one kind at one place of an operation is one line.
    """
    found = [_Spread(change, exchange) for exchange in comparison.changed for change in exchange.changes]
    for is_declared in (False, True):
        for same in _alike(one for one in found if (one.change.declared is not None) == is_declared):
            yield one_line(f"{_told(same[0].change, same[0].exchange.operation)}{_where(same)}", WIDTH)
    for one in comparison.uncompared:
        kind = "could not be compared" if one.required else "not compared"
        yield one_line(f"{kind}: {_named(one)}: {one.reason}", WIDTH)
    for declared in comparison.unused:
        what = f"{declared.change}{f' at {declared.at}' if declared.at else ''}"
        yield one_line(
            f"not seen: {declared.file}:{declared.line}: {declared.operation}: {what}: take it out of the file", WIDTH
        )
    yield summary(comparison)


class _Spread(NamedTuple):
    """A change, and an exchange that shows it."""

    change: SeenChange
    exchange: ChangedExchange


def _alike(found: Iterable[_Spread]) -> Iterator[list[_Spread]]:
    """Yield the changes of one kind at one place of one operation together."""
    groups: dict[tuple[str, str, str], list[_Spread]] = {}
    for one in found:
        groups.setdefault((one.exchange.operation, one.change.change, one.change.at), []).append(one)
    yield from groups.values()


def _where(same: list[_Spread]) -> str:
    names = list(dict.fromkeys(one.exchange.name for one in same))
    return f" [{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}]"


def summary(comparison: Comparison) -> str:
    """Return the comparison in a sentence."""
    changes = [change for exchange in comparison.changed for change in exchange.changes]
    declared = sum(change.declared is not None for change in changes)
    required = sum(one.required for one in comparison.uncompared)
    parts = [
        f"{comparison.compared} exchanges and calls of {comparison.cases} cases compared",
        f"{len(changes) - declared} undeclared changes",
        f"{declared} declared",
        f"{required} could not be compared",
    ]
    return "; ".join(parts)


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a page: what was compared, and each exchange that differs, old beside new."""
    lines = ["# Two builds side by side", "", f"Old: {comparison.old}", "", f"New: {comparison.new}", ""]
    lines += [summary(comparison), ""]
    for exchange in comparison.changed:
        lines += _section(exchange)
    if comparison.uncompared:
        lines += ["## Not compared", ""]
        lines += [f"- {one_line(f'{_named(one)}: {one.reason}')}" for one in comparison.uncompared] + [""]
    if comparison.unused:
        lines += ["## Declared, and not seen", ""]
        lines += [f"- {c.file}:{c.line}: {c.operation}: {c.change} {c.at}".rstrip() for c in comparison.unused] + [""]
    return harmless("\n".join(lines))


def changes_table() -> str:
    """Return one Markdown table with a row for every kind of change, without a final newline."""
    rows = [f"| `{word}` | {meaning} | {'yes' if word in PLACED else 'no'} |" for word, meaning in CHANGES.items()]
    return "\n".join(("| change | what it is | has a place |", "| --- | --- | --- |", *rows))


def _section(exchange: ChangedExchange) -> Iterable[str]:
    yield from (f"## {one_line(exchange.name)}", "", f"{exchange.source}, {exchange.operation}, `{exchange.case}`", "")
    yield from (f"- {one_line(_told(change, exchange.operation))}" for change in exchange.changes)
    for title, text in (("sent", exchange.request), ("old", exchange.old), ("new", exchange.new)):
        if text:
            fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
            yield from ("", f"{title}:", "", f"{fence}text", text.rstrip("\n"), fence)
    yield ""


def _told(change: SeenChange, operation: str) -> str:
    where = f" at {change.at}" if change.at else ""
    if change.declared is None:
        return f"undeclared: {change.change}{where} of {operation}: {change.told}"
    return f"declared: {change.change}{where} of {operation}: {change.declared.since}: {change.declared.reason}"


def _named(one: Uncompared) -> str:
    return f"{one.source}: {one.name}" if one.name else one.source
