"""The kinds of faults, found by listing ``harness/doubles/faults``: a new file there is a new kind, nothing else."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from harness.doubles.kinds import FaultKind
from harness.model.faults import Fault

_PACKAGE = "harness.doubles.faults"


@cache
def fault_kinds() -> Mapping[str, FaultKind]:
    """Return every kind by name, in alphabetical order of the names."""
    package = importlib.import_module(_PACKAGE)
    modules = [importlib.import_module(f"{_PACKAGE}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    kinds: list[FaultKind] = sorted((module.FAULT for module in modules), key=lambda kind: kind.name)
    return MappingProxyType({kind.name: kind for kind in kinds})


def fault_problem(fault: Fault) -> str:
    """Return what is wrong with ``fault`` and what would be right, empty where it can be armed."""
    kind = fault_kinds().get(fault.kind)
    if kind is None:
        return f"there is no fault kind '{fault.kind}'{_nearest(fault.kind, fault_kinds())}"
    if kind.stand is not None and (fault.call or fault.first != 1 or fault.times != 0 or fault.landed is not None):
        return f"'{kind.name}' keeps every call from arriving: it takes neither call, first, times nor landed"
    return next(filter(None, (_setting_problem(kind, *item) for item in fault.settings.items())), "") or kind.refuse(
        {**kind.settings, **fault.settings}
    )


def _setting_problem(kind: FaultKind, name: str, value: float | str) -> str:
    if name not in kind.settings:
        return f"'{kind.name}' has no setting '{name}'{_nearest(name, kind.settings)}"
    choices = kind.choices.get(name)
    if choices and value not in choices:
        return f"'{name}' of '{kind.name}' is one of {', '.join(choices)}, not '{value}'"
    if isinstance(kind.settings[name], str):
        return ""
    if isinstance(value, str) or not math.isfinite(value) or value < 0:
        return f"'{name}' of '{kind.name}' is a number from 0 up, not '{value}'"
    return ""


def _nearest(word: str, known: Mapping[str, object]) -> str:
    nearest = get_close_matches(word, known, n=1)
    return f"; did you mean '{nearest[0]}'?" if nearest else f"; known are {', '.join(known) or 'none'}"
