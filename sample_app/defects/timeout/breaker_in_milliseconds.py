"""The time for which the breaker stays open is read as milliseconds in one place and as seconds in the other.

Family: timeout. Found by: T23 (recovers; unavailable for ever, then well again).
In real life: the tuning sheet said 500 and meant milliseconds. Nobody noticed, because a breaker that never opens is
never seen to stay open; after the first outage long enough to open it, each worker refused for eight minutes more.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.settings import Settings

BREAKER_OPEN = 500.0  # from the tuning sheet of the platform team


def configure(settings: Settings) -> Settings:
    """Take the platform's own number."""
    return replace(settings, breaker_open=BREAKER_OPEN)


BREAKER_IN_MILLISECONDS = Defect(
    name="breaker-in-milliseconds",
    family="timeout",
    entry="T23",
    check="recovers",
    combination=True,
    story="The tuning sheet said 500 and meant milliseconds. After the first outage long enough to open the breaker, "
    "each worker went on to refuse for eight minutes.",
    configure=configure,
)
