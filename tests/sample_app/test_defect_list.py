"""The planted defects as a set: enough of each family, small, told as stories, and each with the entry that finds it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from sample_app.defects import DEFECTS, Defect, duplicate, load, malformed, timeout, versions

FAMILIES = {
    "malformed-payload": (malformed, 10),
    "duplicate-event": (duplicate, 10),
    "timeout": (timeout, 10),
    "load": (load, 10),
    "version-compatibility": (versions, 4),
}
SMALL = 130  # lines of a file, its story included


def modules(package: ModuleType) -> dict[str, ModuleType]:
    """Import every file of a family, by name."""
    names = [found.name for found in pkgutil.iter_modules(package.__path__)]
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}


def of(module: ModuleType) -> list[Defect]:
    """List the defects that a file defines."""
    return [value for value in vars(module).values() if isinstance(value, Defect)]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_enough_defects_and_half_of_them_in_combination(family: str) -> None:
    """Ten a family, four of versions; at least half show only when two things meet."""
    package, least = FAMILIES[family]
    listed = [defect for defect in DEFECTS.values() if defect.family == family]
    assert {defect.name for defect in listed} == {defect.name for defect in package.DEFECTS}
    assert len(listed) >= least
    assert sum(defect.combination for defect in listed) * 2 >= len(listed)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_file_is_one_listed_defect_named_after_it(family: str) -> None:
    """A file that nobody lists would be planted nowhere."""
    package, _ = FAMILIES[family]
    named = {name.replace("_", "-"): [one.name for one in of(module)] for name, module in modules(package).items()}
    assert named == {name: [name] for name in named}
    assert set(named) == {defect.name for defect in package.DEFECTS}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_tells_its_story(name: str) -> None:
    """The docstring has the family, who finds it, and what happens in real life; the file stays small."""
    defect = DEFECTS[name]
    package, _ = FAMILIES[defect.family]
    module = importlib.import_module(f"{package.__name__}.{name.replace('-', '_')}")
    story = " ".join((module.__doc__ or "").split())
    assert f"Family: {defect.family}. " in story
    assert (f"Found by: {defect.entry} ({defect.check}" if defect.entry else "Found by: nothing yet") in story
    assert "In real life:" in story
    assert len(defect.story) > 60
    assert len(inspect.getsource(module).splitlines()) <= SMALL
