"""Several captures as one: in the order of their moments where these are known, else one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.exchange.fields import Unfit, moment_of
from harness.model.captures import Capture, SeenExchange

BETWEEN = 1.0
"""Seconds between two captures of which nobody knows how far they lie apart."""


def joined(captures: Sequence[Capture]) -> Capture:
    """Return one capture with the exchanges of all; names that stand in several are numbered."""
    if len(captures) == 1:
        return captures[0]
    starts = [_start(capture) for capture in captures]
    known = [start for start in starts if start is not None]
    offsets = [start - min(known) for start in known] if len(known) == len(starts) else _behind(captures)
    moved = [
        replace(exchange, at=round(exchange.at + offset, 6))
        for capture, offset in zip(captures, offsets, strict=True)
        for exchange in capture.exchanges
    ]
    first = min(captures, key=lambda capture: capture.taken) if len(known) == len(starts) else captures[0]
    return Capture(
        source=", ".join(dict.fromkeys(capture.source for capture in captures)),
        taken=first.taken,
        exchanges=tuple(renamed(sorted(moved, key=lambda exchange: exchange.at))),
        losses=tuple(dict.fromkeys(loss for capture in captures for loss in capture.losses)),
    )


def renamed(exchanges: Iterable[SeenExchange]) -> Iterable[SeenExchange]:
    """Yield the exchanges, of those that bear one name the later ones numbered."""
    used: set[str] = set()
    for each in exchanges:
        name, number = each.name, 1
        while name in used:
            number += 1
            name = f"{each.name}#{number}"
        used.add(name)
        yield replace(each, name=name)


def _start(capture: Capture) -> float | None:
    try:
        return moment_of(capture.taken).timestamp() if capture.taken else None
    except (Unfit, OverflowError):
        return None


def _behind(captures: Iterable[Capture]) -> list[float]:
    """Return how much later each capture begins where each follows the one before."""
    offsets, end = [], 0.0
    for capture in captures:
        offsets.append(end)
        end += max((exchange.at + exchange.took for exchange in capture.exchanges), default=0.0) + BETWEEN
    return offsets
