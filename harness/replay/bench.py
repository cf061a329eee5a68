"""A bench: the service and its dependencies stand, its clean runs are learned, and cases are carried out one by one.

Nothing of it goes into the history of a run: it has a directory of its own, which is gone with it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.checks.registry import checks
from harness.clock import SystemClock
from harness.history import directory as files
from harness.history.owners import accounts
from harness.history.pairing import Setting, learned
from harness.history.writer import HistoryWriter
from harness.model.cases import Case
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer, Outcome
from harness.model.records import record
from harness.model.scope import Reference, Scope
from harness.model.services import Route
from harness.model.steps import Send, Settle
from harness.plan.reference import plan_references
from harness.replay.replaying import operations_of, with_secrets
from harness.report.progress import Progress
from harness.report.raised import raised_at
from harness.stage.documented import PATIENCE, documented
from harness.stage.house import House
from harness.stage.performing import Order, Stage, attempted, means_of, record_of
from harness.targets.serving import Served


@record
class Tried:
    """A case that was carried out: what was observed of it, and what the checks say of that."""

    scope: Scope
    judgements: tuple[Judgement, ...]

    def finding(self, fingerprint: str) -> Finding | None:
        """Return the finding with this fingerprint, None where it was not seen."""
        return next((f for j in self.judgements for f in j.findings if f.fingerprint == fingerprint), None)

    def raised(self, found: Finding) -> frozenset[tuple[str, str]]:
        """Return what the service raised, and where, in a case whose finding is that it failed; nothing of others.

        An error has one symptom, whatever was raised: this tells one defect from another.
        """
        failed = any(e.status >= 500 for e in self.scope.exchanges if e.number in found.exchanges)
        return raised_at(self.scope.logs) if failed else frozenset()

    def gating(self) -> tuple[Finding, ...]:
        """Return the findings that fail the gate."""
        return tuple(found for judgement in self.judgements for found in judgement.findings if found.fails_gate)

    def reasons(self) -> tuple[str, ...]:
        """Return why a check could not know, those without a chance included."""
        blind = (f"{j.check} had no chance to fail" for j in self.judgements if j.no_chance)
        return (*(reason for judgement in self.judgements for reason in judgement.unknown), *blind)

    def as_clean(self) -> bool:
        """Tell whether the one message of a case made by :func:`alone` was treated as in a clean run."""
        exchange, reference = next(iter(self.scope.exchanges), None), self.scope.reference
        if exchange is None or reference is None or exchange.outcome is not Outcome.ACCEPTED or doubts(self):
            return False
        calls = Counter(
            f"{call.dependency} {call.call or call.method + ' ' + call.target}" for call in self.scope.calls
        )
        return (calls, Counter(accounts(self.scope).new_of(exchange))) == (
            Counter(reference.calls),
            Counter(reference.effects),
        )


def doubts(tried: Tried) -> frozenset[str]:
    """Return what keeps a case from counting as carried out whole: checks of that in doubt, faults that idled."""
    struck = {fault.fault.id for fault in tried.scope.faults if fault.firings}
    idle = {fault.id for fault in tried.scope.case.faults() if fault.needed} - struck
    unknown = {
        judgement.check for judgement in tried.judgements if judgement.unknown and checks()[judgement.check].always
    }
    return frozenset(idle | unknown)


def alone(case: Case, send: Send) -> Case:
    """Return the case that sends one message of ``case`` to an undisturbed service."""
    bare = Send(label="alone", operation=send.operation, message=send.message, event=send.event, altered=True)
    return replace(case, operation=send.operation, steps=(bare, Settle()), checks=(), bystander="", watch=False)


class Bench:
    """A context in which cases are tried; ``order`` says of which service, its own directory aside.

    TargetError where the service cannot be started.
    """

    def __init__(self, order: Order, progress: Progress) -> None:
        self._order = order
        self._progress = progress
        self._stack = ExitStack()
        self._numbers = count(1)
        self._references: dict[str, Reference] = {}

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            place = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="harness-")))
            order = replace(self._order, directory=place)
            run = record_of(order)
            secrets = run.configuration.secrets
            writer = opening.enter_context(HistoryWriter(place / files.HISTORY, clock=SystemClock(), secrets=secrets))
            self._house = opening.enter_context(House(means_of(order, run, writer, SystemClock())))
            self._progress.phase(f"starting {order.configuration.service.server}")
            contracts = documented(order.configuration, self._house.shared())
            run = replace(run, contracts=contracts)
            plan = plan_references(order.configuration, (), seed=order.seed)
            self._stage = Stage(run=run, plan=plan, house=self._house, writer=writer, directory=place, kept=order.kept)
            self.setting = Setting(configuration=run.configuration, contracts=contracts)
            self._stack = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def serving(self) -> tuple[Served, ...]:
        """Return what the service serves; empty where it cannot be told."""
        return self._house.serving()

    def fetched(self, path: str) -> Answer | None:
        """Return what a GET of ``path`` is answered; None: nothing came."""
        return self._house.shared().fetch(Route(method="GET", path=path), PATIENCE)

    def learn(self, case: Case) -> None:
        """Run each operation of ``case`` clean, as often as a run does, where that was not done yet."""
        new = tuple(dict.fromkeys(name for name in operations_of(case) if name not in self._references))
        if not new:
            return
        plan = plan_references(self._order.configuration, new, seed=self._order.seed)
        clean: dict[str, Scope] = {}
        self._progress.phase(f"clean runs of {', '.join(new)}")
        for run in plan.cases:
            clean[run.id], _ = attempted(run, self.setting, {}, self._stage, self._progress)
        self._references |= learned(clean, plan)

    def tried(self, case: Case) -> Tried:
        """Carry out ``case`` with events that were never sent before; what was redacted has its own value again."""
        whole = with_secrets(replace(case, id=f"{case.id}/{next(self._numbers)}"), self._order.configuration)
        scope, judgements = attempted(whole, self.setting, self._references, self._stage, self._progress)
        return Tried(scope=scope, judgements=judgements)

    def renew(self) -> None:
        """Let the next case find a service to which nothing was done yet."""
        self._house.renew()
