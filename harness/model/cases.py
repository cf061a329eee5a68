"""A case: one concrete experiment as data, and the only currency of the harness.

Plans, replays and incidents all come down to cases; the executor knows nothing else. A case is a
list of steps, each one act in one phase; what a correct service does is written beside the step it
is about (:mod:`harness.model.steps`), and the checks that must have a chance to fail are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from harness.model.faults import Fault
from harness.model.records import record
from harness.model.steps import Arm, Insist, Load, Prepare, Recover, Send, Step, sends_of, troubles


class Family(StrEnum):
    """The kinds of trouble; ``reference`` is the clean run that the others are compared with."""

    REFERENCE = "reference"
    MALFORMED = "malformed-payload"
    DUPLICATE = "duplicate-event"
    TIMEOUT = "timeout"
    LOAD = "load"
    VERSIONS = "version-compatibility"


class Isolation(StrEnum):
    """Which instance of the service a case runs on."""

    SHARED = "shared"
    """The instance that the family shares."""
    FRESH = "fresh"
    """An instance of its own, started for the case and stopped after it."""


@record
class Instance:
    """What the service must run as for this case. Zero workers: as configured.

    Leaks are judged with one worker, dedupe across processes with two or more. ``env`` are variables on top of the
    service's own. ``clock`` is the moment at which the service's clock begins (ISO 8601, UTC); empty: as it goes.
    """

    isolation: Isolation = Isolation.SHARED
    workers: int = 0
    env: Mapping[str, str] = field(default_factory=dict)
    clock: str = ""


SEEN = "seen"
"""The entry of every case that comes from what was seen at a service: a capture, a log, a command line."""


@record
class Case:
    """One concrete experiment.

    ``id`` is unique in a run and stable for the same seed: ``<entry>/<operation>/<variant>``. ``entry`` is the
    catalogue entry (``MJ06``) or the author's own id. ``trouble`` is what goes wrong in a word or two,
    the kind of malformation or fault that a fingerprint carries. ``checks`` are the names of the
    checks that must have had a chance to fail here; all checks of the family look at the case anyway.
    ``control`` asks that the same wire messages also go to a trivial application on the same server.
    ``watch`` probes the routes that the configuration watches all through the case. ``only_if_called``: the case is
    left out where clean runs of the operation make no call that its faults could strike. ``bystander`` is another
    operation of the case: it is left out where clean runs of that one make such a call.
    """

    id: str
    entry: str
    family: Family
    scenario: str
    operation: str
    title: str
    trouble: str
    steps: tuple[Step, ...]
    checks: tuple[str, ...] = ()
    instance: Instance = Instance()
    control: bool = False
    watch: bool = False
    only_if_called: bool = False
    bystander: str = ""

    @property
    def alone(self) -> bool:
        """Whether it needs an instance of its own: asked for, or as it changes what the service is or has stored."""
        own = self.instance.isolation is Isolation.FRESH or bool(self.instance.env or self.instance.clock)
        return own or any(isinstance(step, Prepare) for step in self.steps)

    @property
    def leaves_trouble(self) -> bool:
        """Whether nothing after its last fault or kill shows that the service is well: the next case may feel it."""
        last = max((n for n, step in enumerate(self.steps) if troubles(step)), default=-1)
        return last >= 0 and not any(isinstance(step, Recover | Insist) for step in self.steps[last:])

    def sends(self) -> tuple[Send, ...]:
        """Return every planned send in order, those of a :class:`Together` and a :class:`Begin` included."""
        return tuple(send for step in self.steps for send in sends_of(step))

    def faults(self) -> tuple[Fault, ...]:
        """Return every fault that the case arms, in order, those armed in the middle of a load included."""
        found: list[Fault] = []
        for step in self.steps:
            acts = (
                (step,)
                if isinstance(step, Arm)
                else tuple(m.act for m in step.meanwhile)
                if isinstance(step, Load)
                else ()
            )
            found.extend(act.fault for act in acts if isinstance(act, Arm))
        return tuple(found)


@record
class Omission:
    """A catalogue entry or variant that was possible by name and is not planned, and why.

    ``required`` marks what the scenario asked for and the target or the service cannot show: it
    makes the run unknown. ``deferred`` counts cases that could be shown and that the run's profile leaves to another
    one, and tries that were not needed any more. The rest is not applicable; it and what is deferred are counted and
    neutral.
    """

    entry: str
    scenario: str
    operation: str
    reason: str
    required: bool = False
    deferred: int = 0


@record
class Plan:
    """The cases of a run in the order of execution, and what was left out and why."""

    seed: int
    cases: tuple[Case, ...]
    omissions: tuple[Omission, ...] = ()
