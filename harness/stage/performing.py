"""One run from the first process to the last event: start, learn, plan, carry out, stop.

The plan stands on disk before its first case runs, every event is on disk when it is recorded, and the run directory
says how far it came: an interrupted or broken run keeps all that was seen.
"""

from __future__ import annotations

import platform
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from harness.checks.registry import judge
from harness.clock import SystemClock
from harness.execute import World, execute
from harness.history import directory as files
from harness.history.pairing import Setting, learned, scope_of
from harness.history.seal import finish
from harness.history.writer import HistoryWriter
from harness.model.cases import Case, Family, Plan
from harness.model.errors import RunDirectoryError, TargetError, UnsavedError
from harness.model.events import Event, Stalled
from harness.model.gates import Gate
from harness.model.judgements import Judgement
from harness.model.profiles import Share
from harness.model.records import record
from harness.model.runs import Run, State
from harness.model.scenarios import Scenario
from harness.model.scope import Reference, Scope
from harness.model.services import Configuration
from harness.plan.profiles import EVERYTHING, within
from harness.plan.refined import refined
from harness.plan.spared import Sought, spared
from harness.redaction.records import redacted, tokenised
from harness.redaction.redact import redact_text
from harness.redaction.tokens import Tokens
from harness.report.progress import Progress
from harness.stage.concluding import load_log
from harness.stage.documented import documented
from harness.stage.house import House, Means
from harness.stage.planning import Ground, make_plan
from harness.verdict import held, worth_rerunning

ATTEMPTS = 3
"""How often a case is carried out at most before a disturbance of the machine is left standing as unknown."""

RERUN_SECONDS = 60.0
"""Seconds after which no further rerun of a case with findings begins."""


@record
class Order:
    """What is to be run, which share of it is carried out, where it lands, and what it is held against.

    The cases of findings that fail the ``gate`` are carried out again ``reruns`` times, and made smaller for ``shrink``
    seconds in all. ``plan`` takes the place of what the scenarios would plan; ``sought`` says, by scenario,
    what its cases, each a try of the same, are carried out for: the first that shows it is the last one.
    ``tokens`` stand for the secrets in the plan: their key ends with the run.
    """

    configuration: Configuration
    scenarios: tuple[Scenario, ...]
    seed: int
    selected: str
    directory: Path
    share: Share = EVERYTHING
    allow_remote: tuple[str, ...] = ()
    gate: Gate = Gate()
    reruns: int = 0
    shrink: float = 0.0
    plan: Plan | None = None
    sought: Mapping[str, Sought] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=Tokens)

    def kept(self, plan: Plan) -> Plan:
        """Return ``plan`` as it is kept: an incident is made of it, so tokens and not marks stand for secrets."""
        return tokenised(plan, self.tokens, self.configuration)


def perform(order: Order, progress: Progress) -> Run:
    """Carry out a run and return its record, saved; TargetError when not even a plan came about.

    A KeyboardInterrupt ends it early and in order; it goes on to the caller when not even a plan came about.
    RunDirectoryError when the directory cannot be written from the first, UnsavedError when its end cannot.
    """
    begun = time.monotonic()
    run = record_of(order)
    try:
        files.save_run(order.directory, run)
    except UnsavedError as error:
        raise RunDirectoryError(str(error)) from error  # nothing was run yet, so nothing is lost
    clock = SystemClock()
    state, trouble = State.BROKEN, "it was ended by an error that the command told"
    try:
        with (
            HistoryWriter(order.directory / files.HISTORY, clock=clock, secrets=run.configuration.secrets) as writer,
            House(means_of(order, run, writer, clock)) as house,
        ):
            run, plan = _planned(order, run, house, progress)
            stage = Stage(
                run=run,
                plan=plan,
                house=house,
                writer=writer,
                directory=order.directory,
                kept=order.kept,
                share=order.share,
                reruns=order.reruns,
                sought=order.sought,
            )
            if carry_out(stage, progress):
                progress.phase("looking where the operations are answered")
                run = replace(run, handlers=house.handlers())
        state, trouble = State.COMPLETE, ""
    except KeyboardInterrupt:
        state, trouble = State.INTERRUPTED, "interrupted by a signal"
        if not (order.directory / files.PLAN).exists():
            raise
    except (TargetError, RunDirectoryError) as error:
        state, trouble = State.UNSAVED if isinstance(error, UnsavedError) else State.BROKEN, str(error)
        if not (order.directory / files.PLAN).exists():
            raise
    finally:
        took = time.monotonic() - begun
        run = _ended(order.directory, run, state, trouble, took)
    return run


def preview(order: Order, progress: Progress) -> Plan:
    """Start the service, learn its contract, and return the plan without carrying it out."""
    writer = HistoryWriter(order.directory / files.HISTORY, clock=SystemClock())
    with writer, House(means_of(order, record_of(order), writer, SystemClock())) as house:
        return within(_planned(order, record_of(order), house, progress)[1], order.share)


class Worlds(Protocol):
    """Where cases are carried out: a house, or what stands for one."""

    def world(self, case: Case, attempt: int) -> AbstractContextManager[World]:
        """Return the context of what ``case`` is carried out with, in its ``attempt``-th attempt (from 1)."""
        ...


@record
class Stage:
    """What carrying out a plan works with: all that is possible, and which share of it.

    ``directory`` is the run's own; ``kept`` makes of a plan what is kept of it, without a secret; for ``reruns`` and
    ``sought`` see :class:`Order`.
    """

    run: Run
    plan: Plan
    house: Worlds
    writer: HistoryWriter
    directory: Path
    kept: Callable[[Plan], Plan]
    share: Share = EVERYTHING
    reruns: int = 0
    sought: Mapping[str, Sought] = field(default_factory=dict)


def means_of(order: Order, run: Run, writer: HistoryWriter, clock: SystemClock) -> Means:
    """Return what the house of a run is built with."""
    return Means(
        configuration=order.configuration,
        recorder=writer,
        clock=clock,
        salt=run.salt,
        directory=order.directory,
        allow_remote=order.allow_remote,
    )


def record_of(order: Order) -> Run:
    """Return the record of a run that begins now."""
    return Run(
        id=order.directory.name,
        state=State.RUNNING,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=order.seed,
        salt=uuid.uuid4().hex,
        harness=version("reliability-harness"),
        python=platform.python_version(),
        selected=order.selected,
        profile=order.share.profile.name,
        configuration=redacted(order.configuration, order.configuration.secrets),
        scenarios=redacted(order.scenarios, order.configuration.secrets),
        gate=order.gate,
    )


def _ended(directory: Path, run: Run, state: State, trouble: str, took: float) -> Run:
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    told = redact_text(trouble, run.configuration.secrets)  # it may quote what the service wrote when it died
    run = replace(run, state=state, finished=finished, took=round(took, 3), trouble=told)
    finish(directory, run)
    return run


def _planned(order: Order, run: Run, house: House, progress: Progress) -> tuple[Run, Plan]:
    """Start the service, read its contract, plan, and put both on disk before the first case; return all cases."""
    progress.phase(f"starting {order.configuration.service.server}")
    instance = house.shared()
    known = documented(order.configuration, instance)
    ground = Ground(
        configuration=order.configuration,
        scenarios=order.scenarios,
        contracts={contract.operation: contract for contract in known},
        capabilities=instance.capabilities,
        seed=order.seed,
    )
    plan = order.plan or make_plan(ground)
    run = replace(run, target=instance.description, contracts=known)
    files.save_run(order.directory, run)
    chosen = within(plan, order.share)
    files.save_plan(order.directory, order.kept(chosen))
    progress.started(run, chosen)
    return run, plan


def carry_out(stage: Stage, progress: Progress) -> bool:
    """Run the references, refine the plan by them, run the share of the rest; tell if anything was found."""
    setting = Setting(configuration=stage.run.configuration, contracts=stage.run.contracts)
    clean: dict[str, Scope] = {}
    first = tuple(case for case in stage.plan.cases if case.family is Family.REFERENCE)
    expected = len(within(stage.plan, stage.share).cases)
    for done, case in enumerate(first, start=1):
        clean[case.id], judgements = attempted(case, setting, {}, stage, progress)
        progress.case(case, done, expected, judgements)
    references = learned(clean, stage.plan)
    plan = within(refined(stage.plan, references), stage.share)
    files.save_plan(stage.directory, stage.kept(plan))
    attempts: dict[str, int] = {}
    found: list[Judgement] = []
    done = len(first)
    while done < len(plan.cases):
        case, done = plan.cases[done], done + 1
        scope, judgements = attempted(case, setting, references, stage, progress)
        plan = _spared(plan, case, judgements, stage)
        progress.case(case, done, len(plan.cases), judgements)
        attempts[case.id] = scope.attempt
        found += [judgement for judgement in judgements if judgement.findings]
    _rerun(worth_rerunning(plan, tuple(found)), attempts, stage, progress)
    return bool(found)


def _spared(plan: Plan, case: Case, judgements: tuple[Judgement, ...], stage: Stage) -> Plan:
    """Return ``plan`` without the tries that the case has made needless, on disk before the next one begins."""
    sought = stage.sought.get(case.scenario)
    if sought is None or not any(sought.is_shown_by(found) for judgement in judgements for found in judgement.findings):
        return plan
    plan = spared(plan, case)
    files.save_plan(stage.directory, stage.kept(plan))
    return plan


def _rerun(cases: Sequence[Case], attempts: Mapping[str, int], stage: Stage, progress: Progress) -> None:
    """Carry out cases again, in turns, to see how often their findings show; stop when that took long enough.

    ``attempts`` is how often each was carried out before: every rerun sends events that were never seen.
    """
    bound = time.monotonic() + RERUN_SECONDS
    for number in range(1, stage.reruns + 1):
        for case in cases:
            if time.monotonic() > bound:
                return
            progress.phase(f"{case.id}: does it repeat? {number} of {stage.reruns}")
            _case_events(case, stage, attempts[case.id] + number, rerun=True)


def attempted(
    case: Case, setting: Setting, references: dict[str, Reference], stage: Stage, progress: Progress
) -> tuple[Scope, tuple[Judgement, ...]]:
    """Carry out one case, again where the machine disturbed it; return the last attempt and what it shows.

    Only a disturbance asks for another attempt, never a finding: what the service did stands. The judgement made here
    is for whoever waits; the verdict comes from the directory later.
    """
    for attempt in range(1, ATTEMPTS + 1):
        events = _case_events(case, stage, attempt)
        stalls = [event for event in events if isinstance(event.what, Stalled)]
        scope = scope_of(case, events, setting, references, stalls, load_log(stage.directory))
        judgements = held(judge(scope), stage.run.gate, stage.run.day)
        if attempt == ATTEMPTS or not worth_repeating(judgements):
            break
        progress.phase(f"{case.id}: the machine was held up, once more")
    return scope, judgements


def worth_repeating(judgements: tuple[Judgement, ...]) -> bool:
    """Tell whether a disturbance is all that keeps the case from its verdict."""
    found = any(finding.reaches_gate for judgement in judgements for finding in judgement.findings)
    return not found and any(judgement.disturbed for judgement in judgements)


def _case_events(case: Case, stage: Stage, attempt: int, *, rerun: bool = False) -> tuple[Event, ...]:
    """Carry out one case and return what was recorded."""
    stage.writer.take()
    with stage.house.world(case, attempt) as world:
        execute(case, world, attempt, rerun=rerun)
    return stage.writer.take()
