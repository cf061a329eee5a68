"""The words that a scenario may use: entries, kinds of fault, dependencies and operations that exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from harness.model.cases import Family
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.services import Configuration


def _nothing_wrong(_: Fault) -> str:
    return ""


@record
class Vocabulary:
    """What exists, so that a scenario naming anything else is refused before it runs.

    ``entries`` are the catalogue ids of each family. ``faults`` are the kinds with the default of each of their
    settings; ``durations`` names those of a kind that are seconds, the other numbers are plain.
    ``calls`` are the declared calls (``POST /entries``) of each of the ``dependencies``; those of a dependency that
    it leaves out are not checked. ``fault_problem`` may say what else is wrong with a fault (empty: nothing).
    """

    entries: Mapping[Family, frozenset[str]]
    faults: Mapping[str, Mapping[str, float | str]] = field(default_factory=dict)
    durations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dependencies: frozenset[str] = frozenset()
    calls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    operations: frozenset[str] = frozenset()
    fault_problem: Callable[[Fault], str] = _nothing_wrong


def vocabulary(
    configuration: Configuration,
    *,
    entries: Mapping[Family, frozenset[str]],
    faults: Mapping[str, Mapping[str, float | str]],
    durations: Mapping[str, frozenset[str]],
    fault_problem: Callable[[Fault], str] = _nothing_wrong,
) -> Vocabulary:
    """Return the words that ``configuration`` adds to the catalogue's ``entries`` and the kinds of ``faults``.

    ``durations`` are the settings of each kind that are seconds.
    """
    return Vocabulary(
        entries=entries,
        faults=faults,
        durations=durations,
        dependencies=frozenset(dependency.name for dependency in configuration.dependencies),
        calls={
            dependency.name: frozenset(str(call.route) for call in dependency.calls)
            for dependency in configuration.dependencies
        },
        operations=frozenset(operation.name for operation in configuration.operations),
        fault_problem=fault_problem,
    )
