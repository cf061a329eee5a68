"""The harness's side inside the service's own process: takes requests over a socket, calls the WSGI application.

Run as a script, on the standard library alone, so that the service's dependencies stay its own; what the application
prints goes to its log and cannot disturb the conversation. Frames are four bytes of length (big-endian) and JSON;
bodies are base64. Each request has a thread of its own.
"""

from __future__ import annotations

import ast
import base64
import difflib
import importlib
import inspect
import io
import json
import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Any]

_KEPT = 1 << 20
"""Bytes of an answer's body that are handed on; the rest is counted."""
_DEEPEST_TRACEBACK = 20
_SHOWN = 8
"""Names that are offered where none resembles the wrong one."""
_LONGEST = 500
"""Characters of what an exception says that are told in one line."""
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}
"""Headers that WSGI names without ``HTTP_`` (PEP 3333)."""


def main(descriptor: int, app: str) -> int:
    """Serve ``app`` (``module:attribute`` or ``module:factory()``) until the socket ends. Return the exit code."""
    line = socket.socket(fileno=descriptor)
    sys.path.insert(0, os.getcwd())
    try:
        application = load(app)
    except BaseException as error:  # noqa: BLE001 - whatever the import raises, SystemExit too, is what the user must read
        send(line, {"failed": own_traceback(error), "raised": raised(error, app)})
        return 1
    send(line, {"ready": True})
    serve(line, application)
    return 0


def load(app: str) -> Application:
    """Import ``app``; a factory is called, with literal arguments where some are given."""
    name, _, expression = app.partition(":")
    module = importlib.import_module(name)
    call = ast.parse(expression or "application", mode="eval").body
    found: Any = _found(module, call.func if isinstance(call, ast.Call) else call)
    if isinstance(call, ast.Call):
        arguments = [ast.literal_eval(argument) for argument in call.args]
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
        found = found(*arguments, **named)
    _refuse_odd(found, app)
    application: Application = found
    return application


def _found(module: object, expression: ast.expr) -> Any:
    found: Any = module
    for name in ast.unparse(expression).split("."):
        if not hasattr(found, name):
            raise AttributeError(f"{_named(found)} has no attribute '{name}'{_there(found, name)}")
        found = getattr(found, name)
    return found


def _named(found: object) -> str:
    return str(getattr(found, "__name__", type(found).__name__))


def _there(found: object, name: str) -> str:
    """Say which callable of ``found`` may have been meant, or which there are."""
    there = [other for other in dir(found) if other[0] != "_" and callable(getattr(found, other, None))]
    has = f"; it has {', '.join(there[:_SHOWN])}" if there else ""
    return _meant(name, there) or has


def _refuse_odd(found: object, app: str) -> None:
    """Raise TypeError for what a server could not call with an environment and ``start_response`` (PEP 3333)."""
    if not callable(found):
        raise TypeError(f"{app} is no WSGI application, but of type {type(found).__name__}")
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return  # written in C: it says nothing of what it takes
    try:
        signature.bind({}, None)
    except TypeError as error:
        factory = "" if app.endswith(")") else f"; if it is a factory, write {app}()"
        raise TypeError(f"{app} cannot be called as a WSGI application is: {error}{factory}") from None


def own_traceback(error: BaseException) -> str:
    """Return the traceback of ``error`` without the frames of this file and of the import system."""
    whole = traceback.TracebackException.from_exception(error, limit=-_DEEPEST_TRACEBACK)
    one: traceback.TracebackException | None = whole
    while one is not None:
        one.stack = traceback.StackSummary.from_list([frame for frame in one.stack if not _foreign(frame.filename)])
        one = one.__cause__ or one.__context__
    return "".join(whole.format())


def _foreign(file: str) -> bool:
    return file == __file__ or file.startswith("<frozen ") or file == importlib.__file__


def raised(error: BaseException, app: str) -> str:
    """Return in one line what ``error`` is, and what may help."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    words = " ".join(str(error).split())[:_LONGEST]
    told = f"{name}: {words}" if words else name
    return f"{told}{_missing(error.name or '', app)}" if isinstance(error, ModuleNotFoundError) else told


def _missing(name: str, app: str) -> str:
    """Say where a module was looked for, and which one may have been meant."""
    own = [entry.removesuffix(".py") for entry in os.listdir() if entry.endswith(".py") or os.path.isdir(entry)]
    if name == app.partition(":")[0].partition(".")[0]:
        return _meant(name, own) or f"; it was looked for in {os.getcwd()} and in the environment {sys.prefix}"
    near = _meant(name, [*own, *sys.stdlib_module_names, *metadata.packages_distributions()])
    active = os.environ.get("VIRTUAL_ENV", "")
    if near or not active or os.path.realpath(active) == os.path.realpath(sys.prefix):
        return near or f"; the service runs in the harness's environment {sys.prefix}: install what it needs there"
    return (
        f"; the service runs in the harness's environment {sys.prefix}, and not in the active one {active}: install "
        "the harness there, or run the service by `command`"
    )


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(set(known)), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def serve(line: socket.socket, application: Application) -> None:
    """Answer every request on ``line``, each in its own thread, until the other side closes."""
    lock = threading.Lock()
    while (request := receive(line)) is not None:
        threading.Thread(target=_answer, args=(line, lock, application, request), daemon=True).start()


def _answer(line: socket.socket, lock: threading.Lock, application: Application, request: Mapping[str, Any]) -> None:
    answer = call(application, request)
    with lock:
        send(line, {"id": request["id"], **answer})


def call(application: Application, request: Mapping[str, Any]) -> dict[str, Any]:
    """Call ``application`` as a server would; what it raises is a 500 with the traceback in the log."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body = bytearray()
    size = 0

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        del exc_info  # the last call stands: nothing has been sent yet
        started[:] = [(status, headers)]
        return take

    def take(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        body.extend(piece[: _KEPT - len(body)])

    begun = False
    try:
        _run(application, environ(request), start_response, take)
    except BaseException:  # noqa: BLE001 - a server answers for an application that raises anything, SystemExit too
        traceback.print_exc()
        begun = bool(started) and size > 0
        if not begun:
            started[:] = [("500 Internal Server Error", [("Content-Type", "text/plain")])]
            take(b"Internal Server Error")
    return _described(started, bytes(body), size=size, complete=not begun, head=request["method"] == "HEAD")


def _run(
    application: Application, env: Environ, start_response: Callable[..., Any], take: Callable[[bytes], None]
) -> None:
    result = application(env, start_response)
    try:
        for piece in result:
            take(piece)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()


def _described(
    started: list[tuple[str, list[tuple[str, str]]]], body: bytes, *, size: int, complete: bool, head: bool
) -> dict[str, Any]:
    status, headers = started[0] if started else ("500 No start_response", [])
    code, _, reason = status.partition(" ")
    return {
        "status": int(code),
        "reason": reason,
        "headers": [[name, value] for name, value in headers],
        "body": base64.b64encode(b"" if head else body).decode("ascii"),
        "clipped": size > len(body) and not head,
        "complete": complete,
    }


def environ(request: Mapping[str, Any]) -> Environ:
    """Return the WSGI environment of ``request`` (PEP 3333)."""
    path, _, query = str(request["target"]).partition("?")
    body = base64.b64decode(request["body"])
    env: Environ = {
        "REQUEST_METHOD": request["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": request["target"],
        "RAW_URI": request["target"],
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "0",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request["headers"]:
        _add_header(env, name, value)
    return env


def _add_header(env: Environ, name: str, value: str) -> None:
    """Add one header; repeated ones are joined, names with an underscore dropped, as servers do."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key in _PLAIN else f"HTTP_{key}"
    env[key] = f"{env[key]},{value}" if key in env else value


def send(line: socket.socket, what: Mapping[str, Any]) -> None:
    """Send one frame."""
    data = json.dumps(what).encode("ascii")
    line.sendall(len(data).to_bytes(4, "big") + data)


def receive(line: socket.socket) -> dict[str, Any] | None:
    """Receive one frame; None when the other side closed."""
    length = _exactly(line, 4)
    data = _exactly(line, int.from_bytes(length, "big")) if length else None
    return json.loads(data) if data else None


def _exactly(line: socket.socket, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        try:
            piece = line.recv(min(1 << 16, count - len(data)))
        except OSError:
            return None
        if not piece:
            return None
        data += piece
    return bytes(data)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
