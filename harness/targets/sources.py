"""Where a service's own functions stand: asked once, in a process of its own in the service's environment.

It is told for convenience and decides nothing: whatever goes wrong, there are no handlers to tell of.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from harness.clock import SECOND
from harness.model.errors import TargetError
from harness.model.runs import Handler
from harness.model.seams import Clock
from harness.model.services import Operation, Service
from harness.targets.place import prepare
from harness.targets.process import Supervised
from harness.targets.recipe import Recipe
from harness.targets.served import order

_VIEWS = Path(__file__).with_name("views.py")
_PATIENCE = 10.0
"""Seconds for the application to be imported and to tell."""
_LOOK = 0.02


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
    place = prepare(service, env, logs, "views")
    os.close(place.descriptor)
    written = Path(place.tmp) / "views.json"
    routes = json.dumps([(operation.route.method, operation.route.path) for operation in asked])
    arguments = (sys.executable, "-P", str(_VIEWS), service.app, routes, str(written))
    recipe = Recipe(arguments=arguments, description="views", capabilities=frozenset())
    supervised = Supervised(order(recipe, service, place, ()))
    try:
        bound = clock.now() + round(_PATIENCE * SECOND)
        while supervised.poll() is None and clock.now() < bound:
            clock.sleep(_LOOK)
        return [tuple(found) if found else None for found in json.loads(written.read_text(encoding="utf-8"))]
    finally:
        supervised.stop()


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
