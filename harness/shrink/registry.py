"""Which kinds of pieces there are: every file of :mod:`harness.shrink.kinds` that defines ``KIND``, by its turn."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import harness.shrink.kinds as package
from harness.model.errors import HarnessBug
from harness.shrink.kind import Kind


@cache
def kinds() -> tuple[Kind, ...]:
    """Return every kind of the package, in the order of their turns."""
    found: list[Kind] = []
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        if not isinstance(kind := getattr(loaded, "KIND", None), Kind):
            raise HarnessBug(f"harness/shrink/kinds/{module.name}.py does not define KIND")
        found.append(kind)
    return tuple(sorted(found, key=lambda kind: (kind.turn, kind.name)))
