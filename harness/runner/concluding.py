"""From a finished run directory to its verdict and reports; no server, no request, the same result each time."""

from __future__ import annotations

from pathlib import Path

from harness.checks.registry import judge
from harness.history import directory as files
from harness.history.pairing import LoadLog, Setting, scopes
from harness.load import read_log
from harness.model.codec import to_json
from harness.model.events import LoadRan, LoadRequest
from harness.model.exits import OF_VERDICT, Exit
from harness.model.judgements import Judgement
from harness.model.runs import Run, State
from harness.report.document import build
from harness.report.format import Report
from harness.report.formats.table import SOURCE, rendered
from harness.report.progress import Progress
from harness.runner.options import Outcome
from harness.verdict import decide

_EXIT_OF_STATE = {State.INTERRUPTED: Exit.INTERRUPTED, State.RUNNING: Exit.INTERRUPTED, State.BROKEN: Exit.TARGET}


def conclude(directory: Path, progress: Progress) -> Outcome:
    """Judge the history in ``directory``, write judgements and reports, and return what the run came to."""
    run = files.load_run(directory)
    plan = files.load_plan(directory)
    setting = Setting(configuration=run.configuration, contracts=run.contracts)
    history = tuple(files.read_history(directory))
    files.refuse_mixed(directory, run, plan, history)
    seen = scopes(history, plan, setting, load_log(directory))
    judgements: tuple[Judgement, ...] = tuple(j for case in plan.cases for j in judge(seen[case.id]))
    files.save_judgements(directory, judgements)
    verdict = decide(plan, judgements, ended=run.state is State.COMPLETE)
    report = build(run, plan, judgements, seen, verdict)
    files.drop_halves(directory)
    files.write_whole(directory / SOURCE, to_json(report))
    write_forms(directory, report)
    progress.finished(report, directory)
    return Outcome(directory=directory, report=report, exit=exit_of(run, report))


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
