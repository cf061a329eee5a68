"""Two builds side by side: the same requests to both, twice to the old one, and what differs in more than noise."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from harness.config import load_changes
from harness.history import directory as files
from harness.history.stories import has_story
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
from harness.model.services import Configuration, Server
from harness.plan.reference import plan_references
from harness.plan.versions import plan_versions
from harness.replay.comparing import NUMBERS, Builds, Cast, Seen, compared, confirmed, exit_of_comparison, in_doubt
from harness.replay.replaying import replay_plan
from harness.replay.revision import build_of
from harness.report.comparisons import as_markdown
from harness.report.format import Report
from harness.report.progress import Progress
from harness.scenario.clients import load_book
from harness.stage.concluding import seen_in
from harness.stage.performing import Order, perform

COMPARISON = "comparison.json"
FOR_PEOPLE = "comparison.md"
CHANGES = "changes.yaml"
"""The declared changes, beside the configuration, that hold unless others are named."""
KEPT = (Path("incidents"), Path("scenarios/clients"))
"""Where the requests come from unless files are named."""
OLD, AGAIN, NEW = "old", "old-again", "new"
"""The run directories of a comparison."""
THIRD, NEW_AGAIN = "old-third", "new-again"
"""Those of the cases that showed an undeclared change, when both builds were asked again."""
TODAY = "the build of today"


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
    """A comparison, where it lies, and its exit code. ``page`` is the file for people."""

    comparison: Comparison
    directory: Path
    exit: Exit
    page: str = FOR_PEOPLE


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
        if old.service == order.configuration.service:
            raise UsageError(f"{name} and {TODAY} are one: both run the same service in the same way")
        ours, theirs = (sent_to(corpus, build, order.seed) for build in (order.configuration, old))
        ids = {one.case.id for one in ours.cast} & {one.case.id for one in theirs.cast}
        left_out = tuple(dict.fromkeys((*ours.left_out, *theirs.left_out)))
        if all(one.own for one in ours.cast if one.case.id in ids and has_story(one.case)):
            why = "; ".join(f"{one.source}: {one.reason}" for one in left_out) or NUMBERS
            raise UsageError(f"nothing of what was named can be compared: {why}")
        carry = _Carrying(order, progress)
        before, first = carry.out(old, theirs.plan(ids, order.seed), OLD, name)
        _, second = carry.out(old, theirs.plan(ids, order.seed), AGAIN, f"{name}, once more")
        after, third = carry.out(order.configuration, ours.plan(ids, order.seed), NEW, TODAY)
        builds = Builds(old=f"{name}, {before.target}", new=f"{TODAY}, {after.target}", seed=order.seed)
        cast = tuple(one for one in ours.cast if one.case.id in ids)
        result = compared(builds, cast, Seen(old=first, again=second, new=third), declared, left_out)
        if doubt := in_doubt(result):
            _, second = carry.out(old, theirs.plan(doubt, order.seed), THIRD, f"{name}, a third time")
            _, third = carry.out(order.configuration, ours.plan(doubt, order.seed), NEW_AGAIN, f"{TODAY}, once more")
            asked_again = tuple(one for one in cast if one.case.id in doubt)
            seen = Seen(old=first, again=second, new=third)
            result = confirmed(result, compared(builds, asked_again, seen, declared, ()))
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
            base = read(Path(configuration.file))
            if base.service.server is Server.URL:
                raise UsageError(
                    f"{base.file} finds the service running, so the build of {against.revision} cannot be started: "
                    "both would be the one that runs. Name a configuration of the old build with --against-config"
                )
            yield stack.enter_context(build_of(against.revision, base))


@record
class Sent:
    """What one build can be sent, and what it cannot."""

    cast: tuple[Cast, ...]
    left_out: tuple[Uncompared, ...]

    def plan(self, ids: Collection[str], seed: int) -> Plan:
        """Return the plan that sends the cases of these ids; of a load there would be nothing to compare."""
        cases = (one.case for one in self.cast if one.case.id in ids)
        return Plan(seed=seed, cases=tuple(case for case in cases if has_story(case)))


def sent_to(corpus: Corpus, build: Configuration, seed: int) -> Sent:
    """Return what a build can be sent of the corpus: an incident once, whatever its tries.

    Before it comes the own example of each operation that it speaks to: what is refused alike shows nothing.
    """
    cast: list[Cast] = []
    left_out: list[Uncompared] = []
    operations = sorted(operation.name for operation in build.operations)
    for book in corpus.books:
        if book.operation in operations:
            cast += _book_cast(book, build, seed)
        else:
            reason = f"{build.file} has no operation '{book.operation}'; it has {', '.join(operations)}"
            left_out.append(Uncompared(source=Path(book.file).name, case=book.client, name="", reason=reason))
    for incident in corpus.incidents:
        plan, source = replay_plan((replace(incident, tries=1),), build, seed), f"{incident.name}.json"
        cast += [Cast(case=case, source=source) for case in plan.cases if case.family is not Family.REFERENCE]
        left_out += [Uncompared(source=source, case=incident.name, name="", reason=o.reason) for o in plan.omissions]
    return Sent(cast=(*_own_examples(cast, build, seed), *cast), left_out=tuple(left_out))


def _own_examples(cast: Sequence[Cast], build: Configuration, seed: int) -> Iterator[Cast]:
    """Yield a clean run of each operation that is spoken to."""
    names = tuple(dict.fromkeys(one.case.operation for one in cast))
    for case in plan_references(build, names, seed=seed).cases[-len(names) :] if names else ():
        clean = replace(case, id=f"clean/{case.operation}", family=Family.VERSIONS)
        yield Cast(case=clean, source=Path(build.file).name, own=True)


def _book_cast(book: ClientBook, configuration: Configuration, seed: int) -> list[Cast]:
    """Return the conversations of an answer book."""
    scenario = Scenario(
        name=book.client, file=book.file, family=Family.VERSIONS, entries=(Entry(id="R08"),), books=(book,)
    )
    cases, _ = plan_versions(scenario, configuration, seed=seed)
    return [
        Cast(case=replace(case, id=f"{book.client}/{case.id}"), source=Path(book.file).name, free=book.free)
        for case in cases
    ]


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
    """Carries plans out on one build after another, each into a run directory of its own."""

    def __init__(self, order: Order, progress: Progress) -> None:
        self._order = order
        self._progress = progress

    def out(self, configuration: Configuration, plan: Plan, name: str, told: str) -> tuple[Run, dict[str, Scope]]:
        """Carry it out; return the run and the scopes. TargetError where the build could not be started or died."""
        directory = self._order.directory / name
        files.create(directory)
        self._progress.phase(f"carrying it out on {told}")
        order = replace(self._order, configuration=configuration, plan=plan, directory=directory)
        try:
            run = perform(order, _Unjudged(self._progress))
        except TargetError as error:
            raise TargetError(f"{told}: {error}", detail=error.detail) from error
        if run.state is State.INTERRUPTED:
            raise KeyboardInterrupt
        if run.state is not State.COMPLETE:
            raise TargetError(f"{told}: {run.trouble}")
        return run, seen_in(directory)
