"""How the service runs under waitress: one process with threads."""

from __future__ import annotations

import sys

from harness.model.services import Service
from harness.targets.instance import Capability
from harness.targets.place import HOST, Place, counted, version
from harness.targets.recipe import Recipe

_CAPABILITIES = frozenset(set(Capability) - {Capability.WORKERS})


def recipe(service: Service, workers: int, place: Place) -> Recipe:
    """Return how to start ``service``; ``workers`` is always one here, whatever is asked."""
    del workers
    found = version("waitress")
    factory = ("--call",) if service.app.endswith("()") else ()
    listen = (f"--listen={HOST}:{place.port}", f"--threads={service.threads}")
    return Recipe(
        arguments=(sys.executable, "-m", "waitress", *listen, *factory, service.app.removesuffix("()")),
        description=f"waitress {found}, {counted(service.threads, 'thread')}",
        capabilities=_CAPABILITIES,
    )
