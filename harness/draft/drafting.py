"""A first configuration of an application: its source is read, it is started, and an example of each route is sent.

What is seen is written down; what can only be guessed is marked, and what nobody can see from here is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from harness.config import load_configuration
from harness.config.routes import fields_of
from harness.config.service import is_app
from harness.draft.drafts import Draft, Note
from harness.draft.examples import SECRET
from harness.draft.marks import undecided
from harness.draft.observed import Shown, with_answers, with_calls, with_effects, without_failed_guesses
from harness.draft.operations import Known, with_operations
from harness.draft.reading import Source, read_source
from harness.draft.variables import Variables, sorted_out
from harness.draft.written import written
from harness.history import directory as files
from harness.incident.settings import wrong_setting
from harness.model.captures import Capture
from harness.model.cases import Instance
from harness.model.errors import Problem, ScenarioError, UsageError
from harness.model.exits import Exit
from harness.model.messages import Outcome
from harness.model.records import record
from harness.model.services import Configuration, Operation, Route, Server, Service
from harness.plan.reference import plan_references
from harness.redaction.names import rules
from harness.redaction.redact import redact_text
from harness.replay.bench import Bench
from harness.report.progress import Progress
from harness.report.raised import raised_at
from harness.stage.documented import document_of
from harness.stage.performing import Order
from harness.targets.serving import Served

_SCENARIOS = Path(__file__).with_name("scenarios")
ROUNDS = 6
"""How often the examples are sent at most: each round may show calls that the one before did not come to."""
_MOST_FILES = 2_000
_LARGEST = 1 << 20
"""Files of source that are read, and the bytes of one, at most."""
_NOT_READ = ("tests", "test", "node_modules", "site-packages", "migrations", "build", "dist", "docs")
"""Directories whose Python is not the service's own."""
_READY = ("health", "healthz", "healthcheck", "ready", "readyz", "live", "livez", "ping", "status", "up", "")
"""What the last part of a path is called that answers once a service is up, the likeliest first."""
_DOCUMENTS = ("openapi.json", "swagger.json", "apispec.json", "apispec_1.json", "openapi", "swagger")

UNREAD = "its name says what it is for, but it was not seen to be read: does the service take it from the environment?"


@record
class Beginning:
    """What a first configuration is to be of: the application ``app`` (empty: as found in the source beside ``file``).

    It is written to ``file``. ``files`` hold requests that the service takes, in the format ``form`` (``auto``: as they
    begin); ``env`` are variables that it needs. ``again``: the file is there, and what it says is where it goes on.
    """

    app: str
    file: Path
    files: tuple[Path, ...] = ()
    form: str = "auto"
    env: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


@record
class Drafted:
    """What came of it: the draft, the file that holds it, the line of each note, and the scenarios laid beside it.

    ``shown`` is what each example has shown.
    """

    draft: Draft
    file: Path
    lines: Mapping[str, int]
    scenarios: tuple[Path, ...]
    shown: Mapping[str, Shown]

    @property
    def exit(self) -> Exit:
        """PASS where the service took every example, UNKNOWN where something is missing without which nothing shows."""
        return Exit.PASS if all(what.accepted for what in self.shown.values()) else Exit.UNKNOWN


def refuse_wrong(beginning: Beginning) -> None:
    """Raise UsageError where the file is there already, the application is none, or a variable cannot be set."""
    if beginning.again and (beginning.app or beginning.files or beginning.env):
        raise UsageError("--again goes on from what the file says: give no APP, --from and --env beside it")
    if beginning.file.exists() and not beginning.again:
        raise UsageError(f"{beginning.file} is there already: --again goes on from it; else name another --out")
    if beginning.app and not is_app(beginning.app):
        raise UsageError(f"'{beginning.app}' names no application: expected MODULE:NAME or MODULE:FACTORY()")
    for told, key in wrong_setting(Instance(env=beginning.env)):
        raise UsageError(f"--{key}: {told}")


def drafted(beginning: Beginning, seen: Capture | None, progress: Progress) -> Drafted:
    """Draft a configuration, write it, and tell what was seen; ``seen`` are requests that the service takes.

    Errors: UsageError where nothing is found that could be tested; TargetError where the service does not start.
    """
    if beginning.again:
        return _gone_on(beginning.file, progress)
    file = beginning.file
    directory = file.resolve().parent
    source = read_source(dict(_texts(directory)))
    variables = sorted_out(source.variables, beginning.env)
    app = beginning.app or _found(source, directory)
    draft = Draft(configuration=_bare(app, file, directory, variables))
    with Bench(_order(draft), progress) as bench:
        served = bench.serving()
        draft, document = _looked_at(draft, bench, served)
    known = Known(
        served=served,
        document=document,
        event_header=source.event_header,
        seen=seen.exchanges if seen else (),
    )
    draft = with_operations(draft, known)
    if not draft.configuration.operations:
        raise UsageError(_nothing(served))
    draft, shown = _tried(draft, served, progress)
    draft = _concluded(draft, shown, source, beginning)
    try:
        return _kept(draft, file, shown)
    except ScenarioError as error:
        raise UsageError(
            f"what was seen is no configuration as it stands; put right what is wrong in it, and rename it to {file}: "
            f"{error}"
        ) from error


def _gone_on(file: Path, progress: Progress) -> Drafted:
    """Try what a file says, and write it with what was seen beside that; the file as it was lies beside it."""
    draft = Draft(configuration=load_configuration(file))
    if not draft.configuration.service.app:
        raise UsageError(f"{file} names no 'app': 'harness init' goes on with applications that it starts itself")
    with Bench(_order(draft), progress) as bench:
        served = bench.serving()
    before = draft.configuration
    draft, shown = _tried(draft, served, progress)
    draft = with_answers(draft.noted(*undecided(draft.configuration)), shown)
    try:
        return _kept(draft, file, shown, file.read_text(encoding="utf-8"))
    except ScenarioError:
        _beside(file).unlink(missing_ok=True)
        new = ", ".join(_new_calls(before, draft.configuration)) or "nothing"
        raise UsageError(
            f"{file} says more than 'harness init' can write, so it stays as it is; what was seen beside it: {new}"
        ) from None


def _new_calls(before: Configuration, now: Configuration) -> Iterator[str]:
    """Yield the calls that were not declared before."""
    known = {one.name: one.calls for one in before.dependencies}
    for dependency in now.dependencies:
        yield from (
            f"{dependency.name} {call.route}" for call in dependency.calls if call not in known[dependency.name]
        )


def _texts(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the Python files below a directory, by their path there; what cannot be read is left out."""
    count = 0
    for place, below, names in os.walk(directory):
        here = Path(place)
        below[:] = sorted(d for d in below if d[0] not in "._" and d not in _NOT_READ and not _installed(here / d))
        for name in sorted(names):
            path = here / name
            if not name.endswith(".py") or name.startswith("test_"):
                continue
            count += 1
            if count > _MOST_FILES:
                return
            try:
                if path.stat().st_size <= _LARGEST:
                    yield path.relative_to(directory).as_posix(), path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError):
                continue


def _installed(place: Path) -> bool:
    return (place / "pyvenv.cfg").exists()


def _found(source: Source, directory: Path) -> str:
    """Return the application that the source shows; UsageError where it shows none."""
    if not source.apps:
        raise UsageError(
            f"no Flask application is to be found in {directory}: name yours, as in "
            "'harness init shop.web:app' or 'harness init \"shop.web:create_app()\"'"
        )
    return source.apps[0]


def _bare(app: str, file: Path, directory: Path, variables: Variables) -> Configuration:
    """Return the configuration before anything is known but the source."""
    server = Server.GUNICORN if find_spec("gunicorn") else Server.WSGI
    service = Service(server=server, app=app, directory=str(directory), env=variables.env, database=variables.database)
    return Configuration(file=str(file), service=service, dependencies=variables.dependencies)


def _order(draft: Draft) -> Order:
    return Order(configuration=draft.configuration, scenarios=(), seed=1, selected="", directory=Path())


def _looked_at(draft: Draft, bench: Bench, served: tuple[Served, ...]) -> tuple[Draft, object]:
    """Return the draft with the route that tells that the service is up, and its OpenAPI document (None: none)."""
    plain = [one.route.path for one in served if one.route.method == "GET" and not fields_of(one.route.path)]
    usual = plain if served else [f"/{name}" for name in _DOCUMENTS]
    documents = sorted((p for p in usual if _last(p) in _DOCUMENTS), key=lambda p: _DOCUMENTS.index(_last(p)))
    path, document = next(((p, d) for p in documents if (d := document_of(bench.fetched(p)))), ("", None))
    ready = sorted((p for p in plain if _last(p) in _READY), key=lambda p: (_READY.index(_last(p)), len(p)))
    others = [p for p in plain if p not in ready and p != path]
    up = next((p for p in (*ready, *others) if _is_up(bench, p)), "")
    service = draft.configuration.service
    route = Route(method="GET", path=up) if up else service.ready
    watch = (route,) if up and _last(up) and _last(up) in _READY else ()
    service = replace(service, ready=route, openapi=path)
    return replace(draft, configuration=replace(draft.configuration, service=service, watch=watch)), document


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].lower()


def _is_up(bench: Bench, path: str) -> bool:
    answer = bench.fetched(path)
    return answer is not None and 200 <= answer.status < 400


def _nothing(served: tuple[Served, ...]) -> str:
    paths = ", ".join(sorted({one.route.path for one in served})[:8])
    seen = f"it serves {paths}" if paths else "it tells no routes, and has no OpenAPI document where one is usual"
    return (
        f"no route was found that takes a POST, PUT or PATCH by itself, so there is nothing to put trouble on: {seen}; "
        "docs/configuration.md shows how a configuration is written by hand"
    )


def _tried(draft: Draft, served: tuple[Served, ...], progress: Progress) -> tuple[Draft, Mapping[str, Shown]]:
    """Send every example until it shows nothing new; return the draft with all that was seen, and the best showings.

    Every round is a new start, with calls answered that were not before; what is stored elsewhere may still be there
    from the round before and refuse what it knows already, so that an example was accepted once is what counts.
    """
    best: dict[str, Shown] = {}
    reads: dict[str, Route] = {}
    for number in range(1, ROUNDS + 1):
        before = draft
        with Bench(_order(draft), progress) as bench:
            shown = {one.name: _shown(bench, draft, one, progress) for one in draft.configuration.operations}
            reads |= {name: route for name, what in shown.items() if (route := _read(bench, draft, name, what, served))}
        best |= {name: what for name, what in shown.items() if what.accepted or not _taken(best, name)}
        draft = with_calls(draft, shown)
        if draft.configuration == before.configuration:
            draft = without_failed_guesses(draft, best)
        if draft.configuration == before.configuration or number == ROUNDS:
            break
    operations = (replace(one, read=one.read or reads.get(one.name)) for one in draft.configuration.operations)
    return with_effects(draft.of(operations), best), best


def _taken(shown: Mapping[str, Shown], name: str) -> bool:
    return name in shown and shown[name].accepted


def _shown(bench: Bench, draft: Draft, operation: Operation, progress: Progress) -> Shown:
    """Send the example of an operation once."""
    progress.phase(f"sending the example of {operation.name}")
    case = plan_references(draft.configuration, (operation.name,), seed=1).cases[0]
    scope = bench.tried(case).scope
    exchange = next(iter(scope.exchanges), None)
    failed = exchange is not None and exchange.outcome is Outcome.FAILED
    return Shown(exchange=exchange, calls=scope.calls, raised=raised_at(scope.logs) if failed else frozenset())


def _read(bench: Bench, draft: Draft, name: str, what: Shown, served: tuple[Served, ...]) -> Route | None:
    """Return the route that reads back what an example made, where there is one and it finds it."""
    path = draft.configuration.operation(name).route.path.partition("?")[0].rstrip("/")
    for one in served:
        fields = fields_of(one.route.path)
        if one.route.method != "GET" or len(fields) != 1 or one.route.path != f"{path}/{{{fields[0]}}}":
            continue
        for member in dict.fromkeys(("id", fields[0])):
            made = what.member(member) if what.accepted else ""
            if made and _is_up(bench, f"{path}/{quote(made, safe='')}"):
                return Route(method="GET", path=f"{path}/{{answer.{member}}}")
    return None


def _concluded(draft: Draft, shown: Mapping[str, Shown], source: Source, beginning: Beginning) -> Draft:
    """Return the draft with its last notes.

    A name that only looks like that of a dependency's address is gone, once every example has shown its calls.
    """
    whole = all(what.accepted for what in shown.values())
    known = draft.configuration.dependencies
    kept = tuple(one for one in known if one.calls or one.env in source.read or not whole)
    draft = replace(draft, configuration=replace(draft.configuration, dependencies=kept))
    draft = draft.noted(*_missing(undecided(draft.configuration), draft))
    draft = draft.noted(*_of_variables(draft.configuration, source, beginning.env))
    return with_answers(draft, shown)


def _missing(marks: Iterable[Note], draft: Draft) -> Iterator[Note]:
    """Yield the marks of places that have no note of their own yet."""
    places = {note.place for note in draft.notes}
    return (mark for mark in marks if mark.place not in places)


def _of_variables(configuration: Configuration, source: Source, given: Mapping[str, str]) -> Iterator[Note]:
    """Yield what has to be said of the service's environment."""
    for name, value in configuration.service.env.items():
        place = f"service.env.{name}"
        if name in given and (rules().secret_name(name) or redact_text(value) != value):
            yield Note(place=place, text=SECRET, decide=True)
        elif name not in given and name not in source.read:
            yield Note(place=place, text=UNREAD, decide=True)
    texts = []
    unplayed = sorted_out(source.variables, given).unplayed
    if unplayed:
        texts.append(f"not played, as they speak no HTTP or nobody waits for them: {', '.join(unplayed)}")
    played = {one.env for one in configuration.dependencies}
    idle = [one.env for one in sorted_out(source.variables, given).dependencies if one.env not in played]
    if idle:
        texts.append(
            f"no call was seen to {', '.join(idle)}: declare those that are addresses, or they are called for real"
        )
    if texts:
        yield Note(place="service", text="; ".join(texts))


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.draft")


def _said(configuration: Configuration) -> Configuration:
    """Return a configuration without where it lies, which no line of it says."""
    return replace(configuration, file="", service=replace(configuration.service, directory=""))


def _kept(draft: Draft, file: Path, shown: Mapping[str, Shown], before: str = "") -> Drafted:
    """Write the file, and scenarios that fit any service where there are none yet; ``before`` is laid beside it.

    ScenarioError where what was written does not say what was seen; then the file is as it was.
    """
    text, lines = written(draft)
    beside = _beside(file)
    files.write_whole(beside, text)
    if _said(load_configuration(beside)) != _said(draft.configuration):
        raise ScenarioError((Problem(message="it does not say all that was seen", file=str(beside)),))
    if before:
        files.write_whole(file.with_name(f"{file.name}.before"), before)
    beside.replace(file)
    place = file.parent / "scenarios"
    laid = [] if place.exists() else [place / each.name for each in sorted(_SCENARIOS.glob("*.yaml"))]
    if laid:
        place.mkdir()
    for each in laid:
        files.write_whole(each, (_SCENARIOS / each.name).read_text(encoding="utf-8"))
    return Drafted(draft=draft, file=file, lines=lines, scenarios=tuple(laid), shown=shown)
