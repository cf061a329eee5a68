"""A WSGI server of a few lines, and captures read back as records."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from harness.middleware import Recorder
from harness.model.captures import Capture
from harness.model.codec import from_json

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def environ_of(method: str = "POST", path: str = "/things", body: bytes = b"", **more: Any) -> dict[str, Any]:
    """Describe a request as a server does (PEP 3333)."""
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "shop.test",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    } | more


def asked(app: Application, environ: dict[str, Any] | None = None) -> tuple[list[Any], bytes]:
    """Serve one request as a server does; return what ``start_response`` was given, and the bytes for the client."""
    started: list[Any] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        started.append((status, headers))
        return written.append

    given = app(environ_of() if environ is None else environ, start)
    try:
        written.extend(given)
    finally:
        close = getattr(given, "close", None)
        if close is not None:
            close()
    return started, b"".join(written)


def answering(status: str = "200 OK", *pieces: bytes, read: bool = True) -> Application:
    """Return an application that reads its body and answers ``pieces``."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if read:
            environ["wsgi.input"].read()
        start(status, [("Content-Type", "text/plain")])
        return list(pieces)

    return app


def captures(directory: Path) -> Iterator[Capture]:
    """Read what was written, in the order of the names."""
    for file in sorted(directory.glob("*.json")):
        yield from_json(Capture, file.read_bytes())


def captured(recorder: Recorder) -> Capture:
    """Have it write what it holds, and read that."""
    path = recorder.write()
    assert path is not None
    return from_json(Capture, path.read_bytes())
