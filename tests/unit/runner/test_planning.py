"""What the runner tells the readers of scenarios about the rest of the house."""

from __future__ import annotations

from harness.model.cases import Family
from harness.model.services import Configuration, Server, Service
from harness.runner.planning import TITLES, vocabulary

CONFIGURATION = Configuration(file="harness.yaml", service=Service(server=Server.GUNICORN, deadline=2.0))


def test_the_kinds_of_faults_say_which_settings_are_durations() -> None:
    """A delay takes a unit because its kind says so; a status code takes none."""
    known = vocabulary(CONFIGURATION)
    assert {kind: set(names) for kind, names in known.durations.items() if names} == {
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
