"""The middleware itself: between the server and the application, and out of the way of both."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.middleware.files import Shelf
from harness.middleware.ring import AT_WORK, Exchange, Fields, Ring
from harness.middleware.streams import Giving, GivingSized, Reading
from harness.middleware.wording import Wording
from harness.middleware.writing import Counts, Scribe

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

_TARGETS = ("RAW_URI", "REQUEST_URI")
"""Where servers put the target as it was sent."""

_OWN_FIELDS = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
_MOST_NAMES = 4096
"""Names that are kept; those that clients make up must not fill our memory."""

_SAFE = "/:@!$&'()*+,;=~-._"


def failed(exchange: Exchange) -> bool:
    """Tell whether an exchange ended in an error of the service: an exception, or a 5xx."""
    return bool(exchange.raised) or exchange.status >= 500


class Recorder:
    """A WSGI application around ``app``: writes the last requests into ``directory`` when one of them fails.

    ``last`` requests are held, ``body`` bytes of each body, in about ``memory`` bytes in all. ``directory`` holds at
    most ``files`` captures of this service in at most ``disk`` bytes: the oldest make way. On an error (``when`` tells)
    one is written, at most one in ``every`` seconds, after at most ``linger`` seconds for what is still at work.
    ``dependencies`` gives names to the base URLs that the service calls; ``secrets`` are further names of fields that
    hold some; requests for a path of ``skip`` are not recorded.

    Nothing that fails in here reaches the service: it is counted in :attr:`counts`, and logged once.
    """

    def __init__(
        self,
        app: Application,
        directory: str | Path,
        *,
        last: int = 64,
        body: int = 64 * 1024,
        memory: int = 8 * 1024 * 1024,
        files: int = 20,
        disk: int = 64 * 1024 * 1024,
        every: float = 10.0,
        linger: float = 1.0,
        when: Callable[[Exchange], bool] = failed,
        dependencies: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        skip: Iterable[str] = (),
    ) -> None:
        self._app = app
        self._when = when
        self._skip = frozenset(skip)
        self._ring = Ring(last=last, body=body, memory=memory)
        wording = Wording(dependencies=dict(dependencies or {}), secrets=tuple(secrets))
        self._scribe = Scribe(self._ring, Shelf(Path(directory), files, disk), wording, every=every, linger=linger)

    @property
    def counts(self) -> Counts:
        """What was written, what was not, and what went wrong."""
        return self._scribe.counts()

    @property
    def held(self) -> int:
        """About how many bytes of requests are held now."""
        return self._ring.held

    def write(self) -> Path | None:
        """Write what is held now, and return where; None where that failed, which is counted."""
        return self._scribe.write("asked for")

    def write_on_signal(self, number: int = signal.SIGUSR2) -> None:
        """Write what is held whenever this process gets the signal; ValueError outside of the main thread."""
        before = signal.getsignal(number)

        def handle(which: int, frame: Any) -> None:
            self._scribe.write_aside("asked for by a signal")
            if callable(before):
                before(which, frame)

        signal.signal(number, handle)

    def wait(self, seconds: float = 10.0) -> bool:
        """Wait until nothing is being written; return whether that came about in time."""
        return self._scribe.wait(seconds)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a request."""
        exchange = None if environ.get("PATH_INFO") in self._skip else self._begun(environ)
        if exchange is None:
            return self._app(environ, start_response)
        before = AT_WORK.get()
        AT_WORK.set(exchange)
        try:
            given = self._app(environ, _noting(exchange, start_response))
        except BaseException as error:
            self._over(exchange, error)
            AT_WORK.set(before)
            raise
        aside = environ.get("wsgi.file_wrapper")
        if isinstance(aside, type) and isinstance(given, aside):
            exchange.sent_aside = True
            self._over(exchange, None)
            return given
        return (GivingSized if hasattr(given, "__len__") else Giving)(given, exchange, self._over)

    def _begun(self, environ: Environ) -> Exchange | None:
        """Begin the record of a request; None where that cannot be done."""
        try:
            length = environ.get("CONTENT_LENGTH") or ""
            known = int(length) if length.isdecimal() else None
            exchange = self._ring.begin(str(environ["REQUEST_METHOD"]), _target(environ), _fields(environ), known)
            stream = environ.get("wsgi.input")
            if exchange is not None and stream is not None:
                environ["wsgi.input"] = Reading(stream, exchange.asked, _ignore, exchange.seek)
        except Exception as error:  # noqa: BLE001 - whatever an unusual server hands over, the service has to serve
            self._scribe.failed(error)
            return None
        return exchange

    def _over(self, exchange: Exchange, error: BaseException | None) -> None:
        """Take the end of an exchange, and have it written where it went wrong."""
        if error is None and exchange.ended:
            return
        if error is not None and not isinstance(error, GeneratorExit):
            exchange.raised = exchange.raised or type(error).__qualname__
        try:
            if (self._ring.end(exchange) or error is not None) and self._when(exchange):
                self._scribe.write_soon(exchange)
        except Exception as wrong:  # noqa: BLE001 - the predicate is somebody's own, and the answer is on its way
            self._scribe.failed(wrong)


def _noting(exchange: Exchange, start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Return a ``start_response`` that notes what it is given, and what is written the old way (PEP 3333)."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], Any]:
        write = start_response(status, headers, *exc_info)
        exchange.answer(status, headers)

        def writing(data: bytes) -> Any:
            exchange.answered.add(data)
            return write(data)

        return writing

    return start


def _ignore(_: BaseException | None) -> None:
    """Leave an error while a body is read to the application, which has it too."""


def _target(environ: Environ) -> str:
    """Return the target as it was sent, or as it can be made out."""
    for name in _TARGETS:
        sent = environ.get(name)
        if sent:
            return str(sent)
    path = str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING")
    return quote(path.encode("latin-1"), safe=_SAFE) + (f"?{query}" if query else "")


def _fields(environ: Environ) -> Fields:
    """Return the header fields, as far as WSGI keeps them: without their case, their order and their repeats."""
    return tuple([(_NAMES[name], value) for name, value in environ.items() if _NAMES[name] and value])


class _Names(dict[str, str]):
    """The fields by the variables that hold them, empty for any other variable; each is made out once."""

    def __missing__(self, variable: str) -> str:
        of_a_field = variable.startswith("HTTP_")
        name = variable.removeprefix("HTTP_").replace("_", "-").title() if of_a_field else _OWN_FIELDS.get(variable, "")
        if len(self) < _MOST_NAMES:
            self[variable] = name
        return name


_NAMES = _Names()
