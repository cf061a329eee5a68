"""What a service serves, asked once: the rules of its application."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from harness.model.errors import TargetError
from harness.model.records import record
from harness.model.seams import Clock
from harness.model.services import Route, Service
from harness.targets.account import account

_RULES = Path(__file__).with_name("rules.py")


@record
class Served:
    """A route that the service serves, and what the function that answers it is called; ``{name}`` varies.

    ``open``: whatever varies can be any UUID.
    """

    route: Route
    name: str
    open: bool = True


def serving(service: Service, *, env: Mapping[str, str], logs: Path, clock: Clock) -> tuple[Served, ...]:
    """Return what the application serves, in its own order; empty where it is none that can tell.

    ``env`` and ``logs`` are as for :func:`harness.targets.launch.launch`.
    """
    if not service.app:
        return ()
    with suppress(TargetError, OSError, ValueError, KeyError, TypeError):
        told = account(service, _RULES, env=env, logs=logs, clock=clock)
        rules = told if isinstance(told, list) else []
        return tuple(
            Served(route=Route(method=method, path=rule["path"]), name=rule["name"], open=rule["open"])
            for rule in rules
            for method in rule["methods"]
        )
    return ()
