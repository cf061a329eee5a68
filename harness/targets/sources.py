"""Where a service's own functions stand: asked once, in a process of its own in the service's environment.

It is told for convenience and decides nothing: whatever goes wrong, there are no handlers to tell of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from harness.model.errors import TargetError
from harness.model.runs import Handler
from harness.model.seams import Clock
from harness.model.services import Operation, Service
from harness.targets.account import account

_VIEWS = Path(__file__).with_name("views.py")


def handlers(
    service: Service, operations: Iterable[Operation], *, env: Mapping[str, str], logs: Path, clock: Clock
) -> tuple[Handler, ...]:
    """Return where each operation is answered in the source below the service's directory.

    Empty where the service is no application that can be imported here. ``env`` and ``logs`` are as for
    :func:`harness.targets.launch.launch`.
    """
    asked = tuple(operations)
    if not service.app:
        return ()
    with suppress(TargetError, OSError, ValueError):
        return tuple(_kept(service, asked, _told(service, asked, env, logs, clock)))
    return ()


def _told(
    service: Service, asked: Iterable[Operation], env: Mapping[str, str], logs: Path, clock: Clock
) -> list[tuple[str, int] | None]:
    """Return what the service says of each operation; ValueError or OSError where it says nothing in time."""
    routes = json.dumps([(operation.route.method, operation.route.path) for operation in asked])
    told = account(service, _VIEWS, routes, env=env, logs=logs, clock=clock)
    return [tuple(found) if found else None for found in told] if isinstance(told, list) else []


def _kept(service: Service, asked: Iterable[Operation], told: Iterable[tuple[str, int] | None]) -> Iterator[Handler]:
    """Yield the handlers in files of the service: what a package answers has no place in the project."""
    root = Path(service.directory).resolve()
    for operation, found in zip(asked, told, strict=True):
        if found and Path(found[0]).is_relative_to(root) and "site-packages" not in found[0]:
            yield Handler(operation=operation.name, file=_shown(Path(found[0]), root), line=found[1])


def _shown(file: Path, root: Path) -> str:
    """Return a path from where the harness was started, else from the service's directory."""
    here = Path.cwd()
    return file.relative_to(here if file.is_relative_to(here) else root).as_posix()
