"""How the service runs by a command of its own: ``{port}`` in an argument, and PORT, say where it must listen."""

from __future__ import annotations

import shlex

from harness.model.services import Service
from harness.targets.instance import Capability
from harness.targets.place import HOST, Place
from harness.targets.recipe import Recipe

_CAPABILITIES = frozenset(
    {Capability.WIRE, Capability.CONCURRENT, Capability.RESOURCES, Capability.RESTART, Capability.KILL}
)


def recipe(service: Service, workers: int, place: Place) -> Recipe:
    """Return how to start ``service.command``; how many workers it has is its own affair."""
    del workers
    port = str(place.port)
    return Recipe(
        arguments=tuple(argument.replace("{port}", port) for argument in service.command),
        description=f"command: {shlex.join(service.command)}",
        capabilities=_CAPABILITIES,
        environment={"PORT": port},
        advice="" if any("{port}" in argument for argument in service.command) else _unaddressed(place),
    )


def _unaddressed(place: Place) -> str:
    """Say where a command without ``{port}`` is looked for."""
    return (
        f"it was asked at {HOST}:{place.port}, and {{port}} stands nowhere in `command`: write {{port}} where the "
        "command takes its port, or have it listen on the one in PORT"
    )
