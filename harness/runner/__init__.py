"""The composition root: the only place that wires the rooms together.

:func:`run` is the public door; :func:`check` and :func:`report` work on a run directory alone, and are quick to start:
the rooms that start a service and put trouble on it are imported by what needs them.
"""

from __future__ import annotations

import random
import shlex
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.history import directory as files
from harness.history.seal import refuse_other_report
from harness.load import refuse_missing
from harness.model.cases import Family
from harness.model.clients import ClientBook
from harness.model.codec import from_json
from harness.model.errors import RunDirectoryError, UsageError
from harness.model.exits import Exit
from harness.model.incidents import Incident
from harness.model.profiles import Profile, Share
from harness.model.runs import State
from harness.model.services import Configuration, Server
from harness.report.format import Report
from harness.report.formats.table import SOURCE
from harness.report.progress import Progress, Unheard
from harness.stage.concluding import conclude, concluded, exit_of, write_forms
from harness.stage.options import Options, Outcome

if TYPE_CHECKING:
    from harness.draft.drafting import Beginning, Drafted
    from harness.exchange.exports import Export
    from harness.model.cases import Plan
    from harness.model.runs import Run
    from harness.plan.spared import Sought
    from harness.replay.against import Against, Compared
    from harness.replay.explaining import Explained
    from harness.replay.happened import Happened, Wanted
    from harness.replay.replaying import Replay
    from harness.replay.shrinking import Made
    from harness.replay.taping import Taped, Taping
    from harness.stage.performing import Order

__all__ = [
    "Options",
    "Outcome",
    "Progress",
    "Unheard",
    "accept",
    "check",
    "compare",
    "doctor",
    "dry_run",
    "explain",
    "export",
    "incidents",
    "init",
    "listing",
    "new_incident",
    "record",
    "record_client",
    "replay",
    "report",
    "run",
    "shrink",
    "update_baseline",
]


def run(options: Options, progress: Progress) -> Outcome:
    """Put the selected trouble on the service, judge what was seen, and write the reports.

    Errors: ScenarioError and UsageError before anything is started; TargetError when the service cannot be started.
    """
    from harness.stage.performing import perform

    order = _equipped(_within_reach(_order(options)))
    files.create(order.directory)
    done = perform(order, progress)
    outcome = concluded(order.directory)
    if done.state is State.COMPLETE and outcome.report.gating and order.shrink:
        from harness.replay.smaller import shrink_findings

        shrink_findings(order, outcome.report, order.shrink, progress)
    progress.finished(outcome.report, order.directory)
    return outcome


def check(directory: Path, progress: Progress) -> Outcome:
    """Judge the run in ``directory`` again from its history, and write its reports anew."""
    return conclude(directory, progress)


def report(directory: Path, progress: Progress) -> Outcome:
    """Render the report of ``directory`` again from its ``report.json``; judges first where there is none yet."""
    path = directory / SOURCE
    if not path.exists():
        return conclude(directory, progress)
    run_of_it = files.load_run(directory)
    refuse_other_report(directory, run_of_it)
    try:
        document = from_json(Report, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunDirectoryError(f"{path} cannot be read: {error}; run 'harness check {directory}' first") from error
    write_forms(directory, document)
    progress.finished(document, directory)
    return Outcome(directory=directory, report=document, exit=exit_of(run_of_it, document))


def init(beginning: Beginning, progress: Progress) -> Drafted:
    """Write a first configuration of an application, from its source and from what is seen of it.

    Errors: ScenarioError with everything that is wrong in the files of examples, UsageError where nothing could be
    tested or the file is there already; TargetError where the service cannot be started.
    """
    from harness.draft.drafting import drafted, refuse_wrong
    from harness.replay.happened import Wanted, imported

    refuse_wrong(beginning)
    _refuse_no_room()
    seen = imported(Wanted(files=beginning.files, form=beginning.form)) if beginning.files else None
    return drafted(beginning, seen, progress)


def record(options: Options, taping: Taping, progress: Progress, ready: Callable[[str, str], None]) -> Taped:
    """Record what goes to the service and what it asks its dependencies, and write it as a capture.

    ``ready`` hears the address to send requests to, and what runs behind it.
    """
    from harness.replay.taping import tape

    return tape(taping, _configured(options), options.allow_remote, progress, ready)


def record_client(options: Options, book: Path, progress: Progress) -> ClientBook:
    """Record the answer book in the file ``book`` from two clean runs, write it there and return it."""
    from harness.replay.recording import record_book

    return record_book(book, _configured(options), progress)


def update_baseline(directory: Path, file: Path | None) -> str:
    """Bring the baseline in ``file`` (None: the usual one) up to date by the run in ``directory``; tell the change."""
    from harness.stage.gating import bring_up_to_date

    return bring_up_to_date(directory, file)


def replay(options: Options, paths: Sequence[Path], progress: Progress, *, every_way: bool = False) -> Replay:
    """Carry out the incidents in ``paths`` on the service of today, and tell what became of each.

    ``every_way``: in another order and at another pace as well, which must come to the same. Errors: ScenarioError with
    everything that is wrong in a file before anything is started; TargetError when the service cannot be started.
    """
    return _replayed(options, incidents(paths), _configured(options), progress, every_way=every_way)


def _replayed(
    options: Options, held: tuple[Incident, ...], configuration: Configuration, progress: Progress, *, every_way: bool
) -> Replay:
    """Carry out incidents on the service of a configuration, and tell what became of each."""
    from harness.plan.spared import Sought
    from harness.replay.replaying import came_to, replay_plan, replayed
    from harness.replay.transcribing import write_transcript
    from harness.replay.ways import agreeing, in_every_way

    seed = _seed(options)
    selected = ", ".join(incident.name for incident in held)
    held = in_every_way(held, seed) if every_way else held
    plan = replay_plan(held, configuration, seed)
    sought = {incident.name: Sought(fingerprint=incident.shows.fingerprint) for incident in held}
    run, outcome = _carried_out(options, configuration, plan, selected, progress, sought=sought)
    write_transcript(outcome.directory)
    done = replayed(outcome, came_to(held, outcome.report), ended=run.state is State.COMPLETE)
    return agreeing(done) if every_way else done


def _carried_out(
    options: Options,
    configuration: Configuration,
    plan: Plan,
    selected: str,
    progress: Progress,
    *,
    reruns: int = 0,
    sought: Mapping[str, Sought] = MappingProxyType({}),
) -> tuple[Run, Outcome]:
    """Carry out a plan that no scenario says, and judge it; for ``sought`` see :class:`Order`."""
    from harness.stage.performing import Order, perform

    order = Order(
        configuration=configuration,
        scenarios=(),
        seed=plan.seed,
        selected=selected,
        directory=_directory(options, plan.seed),
        allow_remote=options.allow_remote,
        plan=plan,
        reruns=reruns,
        sought=sought,
    )
    files.create(_within_reach(order).directory)
    run = perform(order, progress)
    return run, conclude(order.directory, progress)


def new_incident(options: Options, wanted: Wanted, progress: Progress) -> Happened:
    """Make an incident of what the files of ``wanted`` hold, where it shows a finding on the service of today.

    Errors: ScenarioError with everything that is wrong in a file, and UsageError, before anything is started;
    TargetError when the service cannot be started.
    """
    from harness.incident.from_capture import cases_of
    from harness.model.cases import SEEN
    from harness.plan.spared import Sought
    from harness.replay.happened import imported, kept, refuse_wrong, to_be_shown
    from harness.replay.replaying import came_to, replay_plan

    refuse_wrong(wanted)
    capture, configuration, seed = imported(wanted), _configured(options), _seed(options)
    names = ", ".join(str(file) for file in wanted.files)
    made = cases_of(capture, configuration, file=names, name=wanted.name or SEEN)
    held = to_be_shown(made, wanted, configuration, seed)
    plan = replay_plan(held, configuration, seed)
    words = shlex.join([*map(str, wanted.files), *(word for file in wanted.sql for word in ("--sql", str(file)))])
    sought = {incident.name: Sought(check=wanted.check) for incident in held}
    run, outcome = _carried_out(options, configuration, plan, words, progress, reruns=options.reruns, sought=sought)
    return kept(run, outcome, came_to(held, outcome.report), wanted, (*capture.losses, *made.losses))


def compare(options: Options, against: Against, paths: Sequence[Path], progress: Progress) -> Compared:
    """Carry out the incidents and answer books in ``paths`` on the build of today and on an older one, and compare.

    Errors: ScenarioError and UsageError before anything is started; TargetError where a build cannot be started.
    """
    from harness.replay.against import compare as compare_builds
    from harness.stage.performing import Order

    configuration, seed = _configured(options), _seed(options)
    order = Order(
        configuration=configuration,
        scenarios=(),
        seed=seed,
        selected="a comparison of two builds",
        directory=_directory(options, seed),
        allow_remote=options.allow_remote,
    )

    def read(file: Path) -> Configuration:
        other = _configured(replace(options, config=file, url=""))
        return _within_reach(replace(order, configuration=other)).configuration

    return compare_builds(against, _within_reach(order), read, paths, progress)


def incidents(paths: Sequence[Path]) -> tuple[Incident, ...]:
    """Return the incidents in ``paths``; ScenarioError with everything that is wrong in them."""
    from harness.incident.reading import load_incidents

    return load_incidents(paths)


def export(file: Path, form: str, output: Path | None) -> Export:
    """Return the incident or capture in ``file`` in another form, written to ``output`` where one is named.

    ScenarioError carries everything that is wrong in the file.
    """
    from harness.replay.handing import exported, hand_over

    made = exported(file, form)
    if output is not None:
        hand_over(made, output)
    return made


def accept(options: Options, file: Path, into: Path, progress: Progress, on: str = "") -> tuple[Replay, Path | None]:
    """Replay the incident in ``file`` and keep it in ``into`` where it still fails: red before green.

    ``on`` is the revision of git that it came from; empty: the build of today. Return the replay and where the file
    lies now; None: it does not fail there, so it would guard nothing. Errors: ScenarioError where it still holds a
    secret, UsageError where the revision is no build of its own, both before anything is started.
    """
    from harness.incident.reading import load_incident
    from harness.incident.replaced import kept_text
    from harness.replay.replaying import Came, with_doubts
    from harness.replay.revision import build_on

    incident, configuration = load_incident(file), _configured(options)
    kept = into / f"{incident.name}.json"
    text = kept_text(incident, str(kept), configuration.secrets)
    with build_on(on, configuration) as build:
        done = _replayed(options, (incident,), build, progress, every_way=False)
    if any(each.came is not Came.FAILING for each in done.replayed):
        return with_doubts(done), None
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{into} cannot be written: {error.strerror}: name another --into") from error
    files.write_whole(kept, text)
    return done, kept


def shrink(
    options: Options, file: Path, into: Path | None, bounds: tuple[float, int], progress: Progress
) -> tuple[Made, Path]:
    """Take away from the incident in ``file`` whatever its finding does not need, within ``bounds``: seconds and runs.

    Return what came of it and where the smaller incident was written: in place of ``file``, or in ``into``. Errors:
    ScenarioError with what is wrong in the file; TargetError when the service cannot be started.
    """
    from harness.replay.shrinking import Bounds
    from harness.replay.smaller import shrink_file
    from harness.stage.performing import Order

    seconds, runs = bounds
    order = Order(
        configuration=_configured(options),
        scenarios=(),
        seed=0,
        selected="",
        directory=file.parent,
        allow_remote=options.allow_remote,
    )
    return shrink_file(_within_reach(order), file, into, Bounds(seconds=seconds, runs=runs), progress)


def explain(options: Options, what: Path, finding: str, progress: Progress) -> Explained:
    """Explain a finding: of the run in the directory ``what``, or of the incident in that file, which is carried out.

    ``finding`` names one by its fingerprint or the beginning of it, its check or its entry; empty: the worst.
    """
    from harness.replay import explaining

    if what.is_dir():
        return explaining.of_run(what, finding)
    (held,) = incidents((what,))
    return explaining.of_incident(held, replay(options, (what,), progress), finding)


def listing(options: Options) -> str:
    """Return what the scenarios hold, by family, a line an entry; nothing is started."""
    from harness.stage.contents import contents

    return contents(_order(options).scenarios)


def dry_run(options: Options, progress: Progress) -> str:
    """Start the service, learn its contract and return the plan, a line a case; no case is sent."""
    from harness.stage.performing import preview

    _refuse_no_room()
    with tempfile.TemporaryDirectory(prefix="harness-") as scratch:
        plan = preview(replace(_within_reach(_order(options)), directory=Path(scratch)), progress)
    cases = [f"{case.family:18} {case.id:60} {case.title}" for case in plan.cases]
    left_out = [f"left out: {o.entry} for {o.operation}: {o.reason}" for o in plan.omissions]
    return "\n".join([*cases, *left_out, f"{len(cases)} cases, seed {plan.seed}"])


def doctor(options: Options, progress: Progress) -> tuple[str, Exit]:
    """Look at everything that a run needs; return what was found, a line a piece, and the exit code."""
    from harness.stage.examining import examined, exit_of_looks, shown

    looks = examined(lambda: _within_reach(_order(options)), progress)
    return shown(looks), exit_of_looks(looks)


def _order(options: Options) -> Order:
    """Read and check everything that the author wrote, before anything is started."""
    from harness.plan.profiles import PROFILES
    from harness.scenario import load_scenarios
    from harness.stage.gating import gate_of
    from harness.stage.performing import Order
    from harness.stage.planning import narrowed, own_entries, vocabulary

    configuration = _configured(options)
    profile = PROFILES[options.profile]
    scenarios = narrowed(
        load_scenarios(options.scenarios or _places(profile), known=vocabulary(configuration)),
        options,
        [operation.name for operation in configuration.operations],
    )
    seed = _seed(options)
    selected = ", ".join((*options.families, *options.select, *options.operations))
    return Order(
        configuration=configuration,
        scenarios=scenarios,
        seed=seed,
        selected=selected,
        share=Share(profile=profile, whole=frozenset(options.select), own=own_entries(scenarios)),
        directory=_directory(options, seed),
        allow_remote=options.allow_remote,
        gate=gate_of(options),
        reruns=options.reruns,
        shrink=profile.shrink if options.shrink is None else options.shrink,
    )


def _places(profile: Profile) -> tuple[Path, ...]:
    """Return the scenario directories of a profile that are there; the first one is named where it is missing."""
    first, *further = map(Path, profile.places)
    return (first, *(place for place in further if place.is_dir()))


def _seed(options: Options) -> int:
    return random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed


def _directory(options: Options, seed: int) -> Path:
    """Return where a run lands: where the options say, or a new directory by its moment and seed."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return options.out or Path("reports") / f"{moment}-{seed}"


def _within_reach(order: Order) -> Order:
    """Return ``order``; UsageError when its service runs on another machine that was not allowed by name."""
    from harness.targets.url import refuse_remote

    service = order.configuration.service
    if service.server is Server.URL:
        refuse_remote(service.url, order.allow_remote)
    return order


def _equipped(order: Order) -> Order:
    """Return ``order``; UsageError where this machine lacks what carrying it out needs."""
    if any(scenario.family is Family.LOAD for scenario in order.scenarios):
        refuse_missing()
    _refuse_no_room()
    return order


def _refuse_no_room() -> None:
    """Raise UsageError where no directory for temporary files can be written."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise UsageError(
            "no directory for temporary files can be written: $TMPDIR, /tmp, /var/tmp and the current one were tried; "
            "make room in one of them, or name another by TMPDIR"
        ) from error


def _configured(options: Options) -> Configuration:
    from harness.config import load_configuration
    from harness.targets.url import refuse_remote

    if options.server and options.url:
        raise UsageError("--server starts the service and --url finds it running: give one of them")
    if options.url:
        refuse_remote(options.url, options.allow_remote)
    configuration = load_configuration(options.config, options.url.rstrip("/"))
    service = configuration.service
    if options.server:
        if service.server in (Server.URL, Server.COMMAND):
            raise UsageError(f"--server needs 'app' in the configuration; {options.config} names a {service.server}")
        service = replace(service, server=Server(options.server))
    return replace(configuration, service=service)
