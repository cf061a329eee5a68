"""Whether a case came to rest, and whether the machine was what kept it from that."""

from __future__ import annotations

from harness.checks._timing import held_up
from harness.model.scope import SECOND, Scope

REST = 5.0
"""Seconds that a service is given to come to rest, unless a step says otherwise."""

SHORT = 1.0
"""Seconds for which the harness may be held up without a service lacking them to come to rest."""


def unrested(scope: Scope) -> str:
    """Say what was still open when the case was to come to rest, and what the machine did to it; empty: it rested."""
    reason = kept_from_rest(scope)
    return f"{scope.unsettled}, but {reason}" if reason else scope.unsettled


def kept_from_rest(scope: Scope) -> str:
    """Say that the machine may have kept the service from coming to rest; empty: it came to rest, or had its time."""
    return held_up(scope, scope.gave_up - round(REST * SECOND), scope.gave_up, SHORT) if scope.gave_up else ""
