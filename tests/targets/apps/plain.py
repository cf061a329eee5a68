"""A small application for the tests of the targets: each route shows one thing. Standard library only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]


def create_app(name: str = "plain") -> Callable[[Environ, Callable[..., object]], Iterable[bytes]]:
    """Return the application, as a factory does."""
    return application


def application(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer by the path."""
    return ROUTES.get(environ["PATH_INFO"], missing)(environ, start_response)


def answer(start_response: Callable[..., object], what: object, status: str = "200 OK") -> Iterable[bytes]:
    body = json.dumps(what).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def missing(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    return answer(start_response, "no such route", "404 Not Found")


def health(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    return answer(start_response, "fine")


def pid(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    return answer(start_response, os.getpid())


def echo(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    keys = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "HTTP_HOST", "HTTP_X_TEST")
    return answer(start_response, {**{key: environ.get(key) for key in keys}, "body": body.decode("latin-1")})


def slow(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    time.sleep(float(environ["QUERY_STRING"]))
    return answer(start_response, "slow")


def big(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    size = int(environ["QUERY_STRING"])
    start_response("200 OK", [("Content-Length", str(size))])
    return [b"x" * size]


def speak(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    print("out:", environ["QUERY_STRING"])
    print("err:", environ["QUERY_STRING"], file=sys.stderr)
    return answer(start_response, "said")


def boom(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    raise RuntimeError("planted")


def half(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"half"
    raise RuntimeError("planted")


def die(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    os._exit(7)


def spawn(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    """Leave behind a process that leaves the group and ignores SIGTERM, as a daemon does."""
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return answer(start_response, child.pid)


def environment(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    return answer(start_response, {name: os.environ.get(name) for name in environ["QUERY_STRING"].split(",")})


ROUTES: dict[str, Callable[[Environ, Callable[..., object]], Iterable[bytes]]] = {
    "/healthz": health,
    "/pid": pid,
    "/echo": echo,
    "/slow": slow,
    "/big": big,
    "/speak": speak,
    "/boom": boom,
    "/half": half,
    "/die": die,
    "/spawn": spawn,
    "/env": environment,
}
