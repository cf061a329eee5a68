"""Which malformations there are: every file of the package that is named after an entry defines one."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import harness.mutations as package
from harness.model.errors import HarnessBug
from harness.mutations.malformation import Malformation

_ENTRY = re.compile(r"m[a-z]\d\d_\w+")


@cache
def catalogue() -> Mapping[str, Malformation]:
    """Return every entry by its id (``MJ06``), in the order of the files' names."""
    found: dict[str, Malformation] = {}
    for module in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        if not _ENTRY.fullmatch(module):
            continue
        entry = getattr(importlib.import_module(f"{package.__name__}.{module}"), "MALFORMATION", None)
        if not isinstance(entry, Malformation):
            raise HarnessBug(
                f"harness/mutations/{module}.py defines no MALFORMATION; see docs/adding-a-malformation.md"
            )
        if entry.id.lower() != module[:4]:
            raise HarnessBug(f"harness/mutations/{module}.py defines {entry.id}: file and id must agree")
        if entry.id in found:
            raise HarnessBug(f"{entry.id} is defined twice: file names must differ in their first four letters")
        found[entry.id] = entry
    return MappingProxyType(found)
