"""From a finished run directory to its verdict and reports; no server, no request, the same result each time."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from harness.checks.registry import judge
from harness.history import directory as files
from harness.history.pairing import LoadLog, Setting, reruns, scopes
from harness.history.seal import refuse_changed, seal_report
from harness.incident.kept import shrunk_before
from harness.incident.replaced import kept_text
from harness.incident.taken import taken
from harness.load import read_log
from harness.model.cases import Plan
from harness.model.codec import to_json
from harness.model.errors import ScenarioError
from harness.model.events import LoadRan, LoadRequest
from harness.model.exits import OF_VERDICT, Exit
from harness.model.gates import Notice
from harness.model.incidents import Incident
from harness.model.judgements import Judgement
from harness.model.records import record
from harness.model.runs import Run, State
from harness.model.scope import Scope
from harness.redaction.records import redacted
from harness.report.document import build
from harness.report.format import Report
from harness.report.formats.table import SOURCE, rendered
from harness.report.progress import Progress
from harness.stage.options import Outcome
from harness.verdict import answers_alone, decide, held, notices, only_again, with_ratios

_EXIT_OF_STATE = {State.INTERRUPTED: Exit.INTERRUPTED, State.RUNNING: Exit.INTERRUPTED, State.BROKEN: Exit.TARGET}


@record
class Judged:
    """A run as its directory shows it: the scopes and the judgements of its cases, and those of their reruns.

    ``plan`` has ``[redacted]`` for secrets, as the history has, for they are held against each other; ``kept`` is the
    plan as it lies there, with tokens.
    """

    run: Run
    plan: Plan
    kept: Plan
    scopes: Mapping[str, Scope]
    judgements: tuple[Judgement, ...]
    again: Mapping[str, tuple[tuple[Judgement, ...], ...]]


def judged(directory: Path) -> Judged:
    """Judge the history in ``directory`` by the gate that its run was held against; nothing is written."""
    run = files.load_run(directory)
    kept = files.load_plan(directory)
    plan = redacted(kept, run.configuration.secrets)
    setting = Setting(configuration=run.configuration, contracts=run.contracts)
    history = tuple(files.read_history(directory))
    files.refuse_mixed(directory, run, plan, history)
    refuse_changed(directory, run)
    seen = scopes(history, plan, setting, load_log(directory))
    repeated = reruns(history, plan, setting, load_log(directory), seen)
    return Judged(
        run=run,
        plan=plan,
        kept=kept,
        scopes=seen,
        judgements=held((j for case in plan.cases for j in judge(seen[case.id])), run.gate, run.day),
        again={case: tuple(held(judge(s), run.gate, run.day) for s in found) for case, found in repeated.items()},
    )


def seen_in(directory: Path) -> dict[str, Scope]:
    """Return what the run in ``directory`` saw, by the ids of its cases in the order of the plan."""
    run, plan = files.load_run(directory), files.load_plan(directory)
    setting = Setting(configuration=run.configuration, contracts=run.contracts)
    found = scopes(tuple(files.read_history(directory)), plan, setting, load_log(directory))
    return {case.id: found[case.id] for case in plan.cases}


def conclude(directory: Path, progress: Progress) -> Outcome:
    """Judge the history in ``directory``, write judgements and reports, tell and return what the run came to."""
    outcome = concluded(directory)
    progress.finished(outcome.report, directory)
    return outcome


def concluded(directory: Path) -> Outcome:
    """Judge the history in ``directory``, write judgements and reports, and return what the run came to."""
    seen = judged(directory)
    run, plan = seen.run, seen.plan
    files.save_judgements(directory, seen.judgements)
    ended = run.state is State.COMPLETE
    verdict = decide(plan, seen.judgements, ended=ended)
    verdict = replace(verdict, groups=with_ratios(verdict.groups, seen.again))
    said = notices(run.gate, run.day, plan, seen.judgements, whole=ended and not run.selected)
    said = (*said, *only_again(verdict.groups, seen.again), *answers_alone(seen.scopes.values()))
    incidents = tuple(
        shrunk_before(directory / files.INCIDENTS, incident) for incident in taken(run, seen.kept, verdict.groups)
    )
    kept, unkept = _texts(directory, incidents, run.configuration.secrets)
    places = {
        each.shows.fingerprint: f"{files.INCIDENTS}/{each.name}.json" for each in incidents if _is_new(each, kept)
    }
    report = build(run, plan, seen.judgements, seen.scopes, verdict, (*said, *unkept), places)
    files.drop_halves(directory)
    files.write_whole(directory / SOURCE, to_json(report))
    seal_report(directory)
    write_forms(directory, report)
    files.save_incidents(directory, kept)
    return Outcome(directory=directory, report=report, exit=exit_of(run, report))


def _is_new(incident: Incident, written: Container[str]) -> bool:
    """Tell whether an incident is written, and is another than the one that its case was made of."""
    return incident.name in written and incident.name != incident.case.scenario


def _texts(
    directory: Path, incidents: Iterable[Incident], secrets: tuple[str, ...]
) -> tuple[dict[str, str], tuple[Notice, ...]]:
    """Return the text of each incident by its name, and what is said of each that would still hold a secret."""
    texts: dict[str, str] = {}
    unkept: list[Notice] = []
    for incident in incidents:
        file = directory / files.INCIDENTS / f"{incident.name}.json"
        try:
            texts[incident.name] = kept_text(incident, str(file), secrets)
        except ScenarioError as error:
            unkept.append(Notice(kind="unkept", fingerprint=incident.shows.fingerprint, text=str(error)))
    return texts, tuple(unkept)


def write_forms(directory: Path, report: Report) -> None:
    """Write every form of the report that is made from ``report.json`` into ``directory``."""
    for name, text in rendered(report):
        files.write_whole(directory / name, text)


def exit_of(run: Run, report: Report) -> Exit:
    """Return the exit code: a run that was cut short says so, whatever it saw until then."""
    return _EXIT_OF_STATE.get(run.state, OF_VERDICT[report.verdict])


def load_log(directory: Path) -> LoadLog:
    """Return the reader of the load logs in ``directory``."""

    def read(ran: LoadRan) -> tuple[LoadRequest, ...]:
        return read_log(directory / ran.file)

    return read
