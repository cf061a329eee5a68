"""The harness's side inside the service's own process: takes requests over a socket, calls the WSGI application.

Run as a script, on the standard library alone, so that the service's dependencies stay its own; what the application
prints goes to its log and cannot disturb the conversation. Frames are four bytes of length (big-endian) and JSON;
bodies are base64. Each request has a thread of its own.
"""

from __future__ import annotations

import ast
import base64
import importlib
import io
import json
import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Any]

_KEPT = 1 << 20
"""Bytes of an answer's body that are handed on; the rest is counted."""
_DEEPEST_TRACEBACK = 20
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}
"""Headers that WSGI names without ``HTTP_`` (PEP 3333)."""


def main(descriptor: int, app: str) -> int:
    """Serve ``app`` (``module:attribute`` or ``module:factory()``) until the socket ends. Return the exit code."""
    line = socket.socket(fileno=descriptor)
    sys.path.insert(0, os.getcwd())
    try:
        application = load(app)
    except BaseException:  # noqa: BLE001 - whatever the import raises, SystemExit too, is what the user must read
        send(line, {"failed": traceback.format_exc(limit=-_DEEPEST_TRACEBACK)})
        return 1
    send(line, {"ready": True})
    serve(line, application)
    return 0


def load(app: str) -> Application:
    """Import ``app``; a factory is called, with literal arguments where some are given."""
    name, _, expression = app.partition(":")
    module = importlib.import_module(name)
    call = ast.parse(expression or "application", mode="eval").body
    if isinstance(call, ast.Call):
        arguments = [ast.literal_eval(argument) for argument in call.args]
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
        return _found(module, call.func)(*arguments, **named)  # type: ignore[no-any-return]
    application: Application = _found(module, call)
    return application


def _found(module: object, expression: ast.expr) -> Any:
    found: Any = module
    for name in ast.unparse(expression).split("."):
        found = getattr(found, name)
    return found


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
