"""The app, dying on purpose: a wrapper beside it that counts the boundaries of a write and kills its own process at one.

A boundary is the moment before or after a COMMIT or a call to a dependency. Everything is told through files in the
directory CRASH_DIR: ``die-at`` arms it (at the n-th boundary, 0 for never), ``seen`` gets a line for each boundary
while armed, ``died`` says that it happened, after which nothing is counted. The files outlive the process, so a
worker that takes over goes on living. Start with ``gunicorn 'tests.sample_app.crashing:crashing_app()'``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import Engine, Pool, event

from sample_app import create_app
from sample_app.parts import Parts

Result = TypeVar("Result")
COMMITTED = "committed"  # a mark on a pooled connection, from its COMMIT until it comes back


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to die, as files."""

    home: Path

    def arm(self, boundary: int) -> None:
        """Begin to count, and die at this boundary; 0 for never."""
        for name in ("died", "seen"):
            (self.home / name).unlink(missing_ok=True)
        (self.home / "die-at").write_text(str(boundary))

    def disarm(self) -> None:
        """Count no more."""
        (self.home / "die-at").unlink(missing_ok=True)

    def seen(self) -> tuple[str, ...]:
        """List the boundaries that were met."""
        return tuple((self.home / "seen").read_text().splitlines())

    def died(self) -> bool:
        """Tell whether a process has died as planned."""
        return (self.home / "died").exists()

    def meet(self, boundary: str) -> None:
        """Count a boundary; die if it is the one."""
        armed = self.home / "die-at"
        if self.died() or not armed.exists():
            return
        with (self.home / "seen").open("a") as seen:
            seen.write(f"{boundary}\n")
        if len(self.seen()) == int(armed.read_text()):
            (self.home / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)


def crashing_app() -> Flask:
    """Build the app with a plan to die."""
    plan = Plan(Path(os.environ["CRASH_DIR"]))
    watch_commits(plan)
    return create_app(change=lambda parts: watched_calls(plan, parts))


def watch_commits(plan: Plan) -> None:
    """Count the moments around every COMMIT of the process; a connection comes back to its pool right after it."""

    def before(connection: Any) -> None:
        connection.connection.record_info[COMMITTED] = True
        plan.meet("before COMMIT")

    def after(_connection: Any, record: Any) -> None:
        if record.record_info.pop(COMMITTED, False):
            plan.meet("after COMMIT")

    event.listen(Engine, "commit", before)
    event.listen(Pool, "checkin", after)


def watched_calls(plan: Plan, parts: Parts) -> Parts:
    """Count the moments around every call to a dependency."""
    return replace(parts, look_up=watched(plan, "look-up", parts.look_up), emit=watched(plan, "emit", parts.emit))


def watched(plan: Plan, name: str, call: Callable[..., Result]) -> Callable[..., Result]:
    """Wrap a call."""

    def act(*arguments: Any) -> Result:
        plan.meet(f"before {name}")
        result = call(*arguments)
        plan.meet(f"after {name}")
        return result

    return act
