"""Watching: probes of the watched routes beside the case."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.shrink.kind import Kind, Piece, Pieces


def pieces(case: Case) -> Pieces:
    """Return the one piece of a case that is watched."""
    return (("watch",),) if case.watch else ()


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case without probes."""
    return replace(case, watch=case.watch and ("watch",) not in gone)


KIND = Kind(name="watching", doc="The probes of watched routes beside it.", turn=11, pieces=pieces, without=without)
