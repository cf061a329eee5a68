"""The service's own account of itself: a script, run once in a process of its own in the service's environment."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.clock import SECOND
from harness.model.seams import Clock
from harness.model.services import Service
from harness.targets.place import prepare
from harness.targets.process import Supervised
from harness.targets.recipe import Recipe
from harness.targets.served import order

_PATIENCE = 10.0
"""Seconds for the application to be imported and to tell."""
_LOOK = 0.02


def account(
    service: Service, script: Path, *arguments: str, env: Mapping[str, str], logs: Path, clock: Clock
) -> object:
    """Return the JSON that ``script`` writes of the service's application; ``env`` and ``logs`` are as for a launch.

    The script gets the application, ``arguments``, and the file to write. Errors: TargetError where it cannot be
    started; ValueError or OSError where it says nothing in time.
    """
    place = prepare(service, env, logs, script.stem)
    os.close(place.descriptor)
    written = Path(place.tmp) / "account.json"
    command = (sys.executable, "-P", str(script), service.app, *arguments, str(written))
    recipe = Recipe(arguments=command, description=script.stem, capabilities=frozenset())
    supervised = Supervised(order(recipe, service, place, ()))
    try:
        bound = clock.now() + round(_PATIENCE * SECOND)
        while supervised.poll() is None and clock.now() < bound:
            clock.sleep(_LOOK)
        found: object = json.loads(written.read_text(encoding="utf-8"))
        return found
    finally:
        supervised.stop()
