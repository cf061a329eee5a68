"""How the service runs under gunicorn: threads, no access log, a port that is ours before it starts."""

from __future__ import annotations

import os
import sys

from harness.model.services import Service
from harness.targets.instance import Capability
from harness.targets.place import Place, counted, version
from harness.targets.recipe import Recipe

_CONTROL_SOCKET_SINCE = (25, 1)
"""Masters from this version on share a control socket under the home folder unless told not to."""
_FAST = "/dev/shm"  # noqa: S108 - not a file of ours: where gunicorn should keep its heartbeat files


def recipe(service: Service, workers: int, place: Place) -> Recipe:
    """Return how to start ``service`` with ``workers`` processes of ``service.threads`` threads."""
    found = version("gunicorn")
    settings = {
        "--bind": f"fd://{place.descriptor}",
        "--workers": str(workers),
        "--threads": str(service.threads),
        "--worker-class": "gthread",
        "--worker-tmp-dir": _FAST if os.access(_FAST, os.W_OK) else place.tmp,
        "--graceful-timeout": "1",
    }
    flags = ("--no-control-socket",) if _release(found) >= _CONTROL_SOCKET_SINCE else ()
    arguments = [word for pair in settings.items() for word in pair]
    capabilities = set(Capability)
    if workers * service.threads < 2:
        capabilities.remove(Capability.CONCURRENT)
    return Recipe(
        arguments=(sys.executable, "-m", "gunicorn", *arguments, *flags, service.app),
        description=f"gunicorn {found}, {counted(workers, 'worker')} x {counted(service.threads, 'thread')}",
        capabilities=frozenset(capabilities),
        workers=workers,
        takes_descriptor=True,
    )


def _release(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version."""
    parts = text.split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())
