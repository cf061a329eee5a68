"""A case as the laws look at it: its sends by label and by event, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from harness.model.cases import Case
from harness.model.steps import Insist, Load, ReadBack, Recover, Send, Step, sends_of


class View:
    """What the laws ask of a case, kept once it was asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def sends(self) -> Mapping[str, Send]:
        """Every send by its label, in order."""
        return {send.label: send for send in self.case.sends()}

    @cached_property
    def labels(self) -> frozenset[str]:
        """The labels of everything that is sent."""
        return labels_of(self.case.steps)

    @cached_property
    def first(self) -> Mapping[int, Send]:
        """The send that first carries each event."""
        return {send.event: send for send in reversed(tuple(self.sends.values())) if send.event}

    @cached_property
    def strikes(self) -> Mapping[str, int]:
        """The call from which each fault strikes, by its id."""
        return {fault.id: fault.first for fault in self.case.faults()}


def labels_of(steps: tuple[Step, ...]) -> frozenset[str]:
    """Return the labels of everything that is sent in ``steps``."""
    own = {step.label for step in steps if isinstance(step, Recover | Insist | ReadBack | Load)}
    return frozenset(own | {send.label for step in steps for send in sends_of(step)})
