"""The configuration as typed data: the service, its dependencies, its operations.

``harness.config`` builds these from ``harness.yaml``; nothing else does. Durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from harness.model.messages import Headers, Raw
from harness.model.records import record

Json = Annotated[object, Field()]
"""Any JSON value: None, bool, int, float, str, list or dict of these."""


@record
class Route:
    """A method and a path, as in ``GET /healthz``; ``path`` may hold ``{name}`` segments where the reader says so."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Server(StrEnum):
    """The ways in which the harness can run the service itself."""

    GUNICORN = "gunicorn"
    WAITRESS = "waitress"
    COMMAND = "command"
    """Any command; ``{port}`` in an argument is the free port it must listen on (also in PORT)."""
    WSGI = "wsgi"
    """In-process WSGI in a child process: fast, no sockets, no framing faults."""
    URL = "url"
    """Already running somewhere; the harness starts and stops nothing."""


@record
class ServiceClock:
    """How the service is told when its clock begins: by the variable ``env``, in the ``form`` of strftime(3), UTC."""

    env: str
    form: str = "%Y-%m-%dT%H:%M:%SZ"


@record
class Service:
    """The service under test and how to run it.

    ``app`` is ``module:attribute`` or ``module:factory()``. ``deadline`` is the promise that every answer
    arrives by then whatever the dependencies do. ``directory`` is where it runs (that of the
    configuration file). ``errors`` is the declared form of error bodies, empty where none is declared.
    ``{tmp}`` in a value of ``env`` is a fresh directory per instance. ``database`` is the variable of ``env`` with
    the URL of the service's database, ``clock`` how its clock is set; empty and None: neither is for the harness to
    touch.
    """

    server: Server
    app: str = ""
    command: tuple[str, ...] = ()
    url: str = ""
    directory: str = "."
    workers: int = 2
    threads: int = 4
    ready: Route = Route(method="GET", path="/")
    openapi: str = ""
    deadline: float = 5.0
    start_timeout: float = 20.0
    env: Mapping[str, str] = field(default_factory=dict)
    errors: Literal["", "problem+json"] = ""
    database: str = ""
    clock: ServiceClock | None = None


class EffectKind(StrEnum):
    """What a call to a dependency changes there."""

    NONE = "none"
    KEYED = "keyed"
    """Repeats under the same key are one effect."""
    UNKEYED = "unkeyed"
    """Every call is an effect of its own."""


@record
class Selector:
    """Where in a message a value lies: ``header:Name``, ``json:/pointer`` (RFC 6901), ``query:name``, ``path:name``."""

    place: Literal["header", "json", "query", "path"]
    name: str

    def __str__(self) -> str:
        return f"{self.place}:{self.name}"


@record
class AnswerScript:
    """What a double answers.

    ``json`` may hold ``{uuid}``, ``{now}``, ``{n}``, ``{request.json/pointer}`` and ``{request.path/name}``.
    """

    status: int = 200
    headers: Headers = ()
    json: Json = None
    body: Raw | None = None


@record
class Call:
    """One kind of call that the service makes to a dependency.

    ``route.path`` may hold ``{name}`` segments. ``key`` are the parts of a keyed effect's key. ``store`` keeps
    the request's JSON under that path so that a later GET of ``<path>/<key>`` reads it back.
    """

    route: Route
    effect: EffectKind = EffectKind.NONE
    key: tuple[Selector, ...] = ()
    answer: AnswerScript = AnswerScript()
    store: str = ""


@record
class Dependency:
    """An HTTP service that the SUT calls. ``env`` is the variable that tells the SUT its base URL.

    ``port`` is where its double listens, for a service that the harness does not start and so cannot tell; 0: any.
    """

    name: str
    env: str = ""
    calls: tuple[Call, ...] = ()
    port: int = 0


@record
class EffectRef:
    """Which call to which dependency is the effect of an operation: one per event."""

    dependency: str
    route: Route


@record
class Operation:
    """One kind of request that the service offers, with a valid example.

    ``event`` is what makes two requests the same event; every part is replaced by a fresh identity
    in every case. ``failing`` are the statuses that a failing dependency may cause, ``in_flight``
    those that a duplicate may get while the first is still at work (both beside 2xx). ``read`` is
    the route that reads back what was stored: ``{answer.id}`` is a field of the answer.
    """

    name: str
    route: Route
    headers: Headers = ()
    json: Json = None
    body: Raw | None = None
    event: tuple[Selector, ...] = ()
    effect: EffectRef | None = None
    read: Route | None = None
    failing: tuple[int, ...] = (502, 503, 504)
    in_flight: tuple[int, ...] = (409,)
    most_calls: int = 0
    """The most calls to one dependency that one request may cost; 0: five (the harness's own bound)."""
    recovery: float = 2.0
    """Seconds after a dependency's trouble within which every worker accepts again: a breaker may refuse as long."""
    degraded: Selector | None = None
    """Where in the JSON of an answer stands that a dependency's part is missing; see :mod:`harness.model.degraded`."""
    deadline_header: str = ""
    """The header in which a caller says how many whole milliseconds he will wait; empty: the service takes none."""


@record
class Configuration:
    """Everything that ``harness.yaml`` says."""

    file: str
    service: Service
    dependencies: tuple[Dependency, ...] = ()
    operations: tuple[Operation, ...] = ()
    watch: tuple[Route, ...] = ()
    secrets: tuple[str, ...] = ()
    """Further names of headers and fields, and patterns between slashes, whose values are never written; with ``!`` in
    front, what is no secret."""

    def operation(self, name: str) -> Operation:
        """Return the operation called ``name``; KeyError when there is none."""
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise KeyError(name)


@record
class OperationContract:
    """What the service's OpenAPI document says of one operation, ``$ref`` resolved.

    ``body`` is the JSON Schema of the request body (None: not declared), ``statuses`` the documented ones
    by number, ``media_types`` those of the request body.
    """

    operation: str
    body: Json = None
    body_required: bool = False
    media_types: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    header_limits: Mapping[str, int] = field(default_factory=dict)
    """Documented maxLength of header parameters, by lower-case name."""
    required_headers: tuple[str, ...] = ()
    """Lower-case names of the header parameters that are documented as required."""
    methods: tuple[str, ...] = ()
    """The methods that the document gives the operation's path, in upper case; empty: the path is not documented."""
    body_limit: int = 0
    """Documented limit of the body in bytes (``x-max-body-bytes`` on the request body), 0: not documented."""
