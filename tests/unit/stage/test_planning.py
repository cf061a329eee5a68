"""What the runner tells the readers of scenarios about the rest of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.cases import Family
from harness.model.errors import UsageError
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Server, Service
from harness.stage.options import Options
from harness.stage.planning import TITLES, narrowed, vocabulary

CONFIGURATION = Configuration(file="harness.yaml", service=Service(server=Server.GUNICORN, deadline=2.0))


def test_the_kinds_of_faults_say_which_settings_are_durations() -> None:
    """A delay takes a unit because its kind says so; a status code takes none."""
    known = vocabulary(CONFIGURATION)
    assert {kind: set(names) for kind, names in known.durations.items() if names} == {
        "as-recorded": {"delay"},
        "late": {"delay"},
        "drip": {"delay"},
    }
    assert set(known.durations) == set(known.faults)


def test_every_entry_that_a_scenario_may_name_has_a_title() -> None:
    """What --list shows is never a bare id."""
    known = vocabulary(CONFIGURATION)
    assert set(known.entries) == set(Family) - {Family.REFERENCE}
    assert {family: frozenset(named()) for family, named in TITLES.items()} == known.entries
    assert [entry for named in TITLES.values() for entry, title in named().items() if not title] == []


SCENARIOS = (
    Scenario(name="a", file="a.yaml", family=Family.DUPLICATE, entries=(Entry(id="D01"), Entry(id="D02"))),
    Scenario(name="b", file="b.yaml", family=Family.LOAD, operations=("pay",), entries=(Entry(id="L01"),)),
)


Names = tuple[str, ...]


def chosen(families: Names = (), select: Names = (), operations: Names = ()) -> list[tuple[str, Names, list[str]]]:
    """Narrow the scenarios and tell of each what is left: its name, its operations, its entries."""
    options = Options(
        config=Path("harness.yaml"), scenarios=(), families=families, select=select, operations=operations
    )
    kept = narrowed(SCENARIOS, options, ["order", "pay"])
    return [(scenario.name, scenario.operations, [entry.id for entry in scenario.entries]) for scenario in kept]


def test_what_runs_is_named_by_each_narrowing() -> None:
    """Families, entries and operations narrow together; a scenario about other operations is left out."""
    assert chosen() == [("a", (), ["D01", "D02"]), ("b", ("pay",), ["L01"])]
    assert chosen(operations=("order",)) == [("a", ("order",), ["D01", "D02"])]
    assert chosen(operations=("pay", "order"), select=("D02", "L01")) == [
        ("a", ("order", "pay"), ["D02"]),
        ("b", ("pay",), ["L01"]),
    ]
    assert chosen(families=(Family.LOAD,), operations=("pay",)) == [("b", ("pay",), ["L01"])]


def test_an_operation_that_is_not_there_is_refused() -> None:
    """With the names of those that are; and what selects nothing is no run."""
    with pytest.raises(UsageError, match=r"no operation is called 'pau' \(did you mean 'pay'\?\)"):
        chosen(operations=("pau",))
    with pytest.raises(UsageError, match="nothing would be run"):
        chosen(operations=("order",), select=("L01",))
