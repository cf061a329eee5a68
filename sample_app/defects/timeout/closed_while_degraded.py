"""New work is refused while any dependency is left alone, also work that never needed that dependency.

Family: timeout. Found by: T47 (bystanders-unharmed; another operation does not need what fails).
In real life: a gate was put before the routes, so that what could not be finished was not begun. The titles of
sources went away for an hour, which costs a title; and the version that has no titles took no order in that hour.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, request

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.problems import RETRY_SOON, Problem
from sample_app.readiness import CONDITIONS
from sample_app.settings import Settings
from sample_app.store.database import Database

CLOSED = CONDITIONS["open"]


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Ask the dependencies' looks before anything is read."""

    def extend(app: Flask) -> None:
        """Add the gate to the application."""
        parts.extend(app)

        @app.before_request
        def gate() -> None:
            """Fail fast: a batch that cannot be finished is not taken."""
            if request.method == "POST" and CLOSED in [look() for look in parts.dependencies.values()]:
                raise Problem("ledger-unavailable", "a dependency is left alone now", headers=RETRY_SOON)

    return replace(parts, extend=extend)


CLOSED_WHILE_DEGRADED = Defect(
    name="closed-while-degraded",
    family="timeout",
    entry="T47",
    check="bystanders-unharmed",
    combination=True,
    story="A gate before the routes refused what could not be finished. The titles of sources went away for an hour, "
    "which costs a title; and the version that has no titles took no order in that hour.",
    install=install,
)
