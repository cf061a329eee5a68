"""Two builds side by side: the same requests to both, twice to the old one, and what differs in more than noise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from harness.config import load_changes
from harness.history import directory as files
from harness.incident.reading import load_incidents
from harness.model.cases import Case, Family, Plan
from harness.model.clients import ClientBook
from harness.model.codec import to_json
from harness.model.comparisons import Comparison, DeclaredChange, Uncompared
from harness.model.errors import TargetError, UsageError
from harness.model.exits import Exit
from harness.model.incidents import Incident
from harness.model.judgements import Judgement
from harness.model.records import record
from harness.model.runs import Run, State
from harness.model.scenarios import Entry, Scenario
from harness.model.scope import Scope
from harness.model.services import Configuration
from harness.plan.versions import plan_versions
from harness.report.comparisons import as_markdown
from harness.report.format import Report
from harness.report.progress import Progress
from harness.runner.comparing import Builds, Cast, Seen, compared, exit_of_comparison
from harness.runner.concluding import seen_in
from harness.runner.performing import Order, perform
from harness.runner.replaying import replay_plan
from harness.runner.revision import build_of
from harness.scenario.clients import load_book

COMPARISON = "comparison.json"
FOR_PEOPLE = "comparison.md"
CHANGES = "changes.yaml"
"""The declared changes, beside the configuration, that hold unless others are named."""
KEPT = (Path("incidents"), Path("scenarios/clients"))
"""Where the requests come from unless files are named."""
OLD, AGAIN, NEW = "old", "old-again", "new"
"""The run directories of a comparison."""


@record
class Against:
    """What the build of today is compared with: a ``revision`` of git, or the build that ``config`` starts.

    ``changes`` None: the usual file, where it is there.
    """

    revision: str = ""
    config: Path | None = None
    changes: Path | None = None


@record
class Compared:
    """A comparison, where it lies, and its exit code."""

    comparison: Comparison
    directory: Path
    exit: Exit


@record
class Corpus:
    """What is sent to both builds: the books of old clients, and incidents."""

    books: tuple[ClientBook, ...]
    incidents: tuple[Incident, ...]


def compare(
    against: Against, order: Order, read: Callable[[Path], Configuration], paths: Sequence[Path], progress: Progress
) -> Compared:
    """Compare the build that ``order`` starts with an older one; ``order`` has no plan and names where all lands.

    ``read`` reads another configuration. Errors: ScenarioError for what is wrong in a file, UsageError for what cannot
    be had, both before anything is started; TargetError where a build cannot be started, naming which.
    """
    operations = frozenset(operation.name for operation in order.configuration.operations)
    declared = _declared(against, order.configuration, operations)
    corpus = _corpus(paths or tuple(place for place in KEPT if place.is_dir()), operations)
    with _old_build(against, order.configuration, read) as (name, old):
        cast, plan, left_out = _planned(corpus, (old, order.configuration), order.seed)
        if not cast:
            raise UsageError("nothing of what was named can be sent to both builds: " + "; ".join(_reasons(left_out)))
        carry = _Carrying(order, plan, progress)
        before, first = carry.out(old, OLD, name)
        _, second = carry.out(old, AGAIN, f"{name}, once more")
    after, third = carry.out(order.configuration, NEW, "the build of today")
    builds = Builds(old=f"{name}, {before.target}", new=f"the build of today, {after.target}", seed=order.seed)
    result = compared(builds, cast, Seen(old=first, again=second, new=third), declared, left_out)
    files.write_whole(order.directory / COMPARISON, json.dumps(json.loads(to_json(result)), indent=1) + "\n")
    files.write_whole(order.directory / FOR_PEOPLE, as_markdown(result))
    return Compared(comparison=result, directory=order.directory, exit=exit_of_comparison(result))


def _declared(against: Against, configuration: Configuration, operations: frozenset[str]) -> tuple[DeclaredChange, ...]:
    usual = Path(configuration.file).parent / CHANGES
    file = against.changes or (usual if usual.exists() else None)
    return load_changes(file, operations) if file else ()


def _corpus(paths: Sequence[Path], operations: frozenset[str]) -> Corpus:
    """Read what is sent: books (``*.yaml``) and incidents (``*.json``), from files and directories."""
    if not paths:
        usual = " and ".join(map(str, KEPT))
        raise UsageError(f"there is nothing to send: name incidents or answer books, or keep some in {usual}")
    held = [file for path in paths for file in (_held(path) if path.is_dir() else [path])]
    books = [file for file in held if file.suffix in (".yaml", ".yml")]
    return Corpus(
        books=tuple(load_book(file, operations) for file in books),
        incidents=load_incidents([file for file in held if file not in books]),
    )


def _held(place: Path) -> list[Path]:
    found = sorted(file for file in place.iterdir() if file.suffix in (".json", ".yaml", ".yml"))
    if not found:
        raise UsageError(f"{place} holds no incident and no answer book")
    return found


@contextmanager
def _old_build(
    against: Against, configuration: Configuration, read: Callable[[Path], Configuration]
) -> Iterator[tuple[str, Configuration]]:
    """Yield what the old build is called, and how it is started."""
    with ExitStack() as stack:
        if against.config is not None:
            yield f"the build of {against.config}", read(against.config)
        else:
            yield stack.enter_context(build_of(against.revision, configuration))


def _planned(
    corpus: Corpus, builds: tuple[Configuration, Configuration], seed: int
) -> tuple[tuple[Cast, ...], Plan, tuple[Uncompared, ...]]:
    """Return what is sent to both builds, the plan that sends it, and what one of them cannot be sent."""
    cast = [one for book in corpus.books for one in _book_cast(book, builds[1], seed)]
    left_out: dict[str, Uncompared] = {}
    for incident in corpus.incidents:
        source = f"{incident.name}.json"
        plans = [replay_plan((replace(incident, tries=1),), build, seed) for build in builds]
        for plan in plans:
            for omission in plan.omissions:
                told = Uncompared(source=source, case=incident.name, name="", reason=omission.reason)
                left_out.setdefault(incident.name, told)
        if incident.name not in left_out:
            cast += [Cast(case=c, source=source) for c in plans[1].cases if c.family is not Family.REFERENCE]
    plan = Plan(seed=seed, cases=tuple(one.case for one in cast))
    return tuple(cast), plan, tuple(left_out.values())


def _book_cast(book: ClientBook, configuration: Configuration, seed: int) -> Iterable[Cast]:
    """Return the conversations of an answer book."""
    scenario = Scenario(
        name=book.client, file=book.file, family=Family.VERSIONS, entries=(Entry(id="R08"),), books=(book,)
    )
    cases, _ = plan_versions(scenario, configuration, seed=seed)
    return [
        Cast(case=replace(case, id=f"{book.client}/{case.id}"), source=Path(book.file).name, free=book.free)
        for case in cases
    ]


def _reasons(left_out: Iterable[Uncompared]) -> list[str]:
    return [f"{one.source}: {one.reason}" for one in left_out]


class _Unjudged:
    """Hands a run's progress on without what its checks say: a comparison judges nothing but differences."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def started(self, run: Run, plan: Plan) -> None:
        """Hear that a plan is about to be carried out."""
        self._progress.started(run, plan)

    def phase(self, text: str) -> None:
        """Hear of a long act."""
        self._progress.phase(text)

    def case(self, case: Case, done: int, total: int, judgements: tuple[Judgement, ...]) -> None:
        """Hear that a case is over; what was judged of it is kept."""
        del judgements
        self._progress.case(case, done, total, ())

    def shrinking(self, text: str, *, smaller: bool) -> None:
        """Hear of a smaller case."""
        self._progress.shrinking(text, smaller=smaller)

    def finished(self, report: Report, directory: Path) -> None:
        """Hear that a run is judged, which here none is."""


class _Carrying:
    """Carries the plan out on one build after another, each into a run directory of its own."""

    def __init__(self, order: Order, plan: Plan, progress: Progress) -> None:
        self._order = order
        self._plan = plan
        self._progress = progress

    def out(self, configuration: Configuration, name: str, told: str) -> tuple[Run, dict[str, Scope]]:
        """Carry it out; return the run and the scopes. TargetError where the build could not be started or died."""
        directory = self._order.directory / name
        files.create(directory)
        order = replace(self._order, configuration=configuration, plan=self._plan, directory=directory)
        try:
            run = perform(order, _Unjudged(self._progress))
        except TargetError as error:
            raise TargetError(f"{told}: {error}", detail=error.detail) from error
        if run.state is State.INTERRUPTED:
            raise KeyboardInterrupt
        if run.state is not State.COMPLETE:
            raise TargetError(f"{told}: {run.trouble}")
        return run, seen_in(directory)
