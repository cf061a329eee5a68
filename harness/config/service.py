"""Reads the ``service`` section: what the service is, how it runs, what it promises."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from harness.config.nodes import Node, Problems, Reader, Refused, each, items_of, mapping_of, members, nearest
from harness.config.placeholders import note_near_misses
from harness.config.routes import get_route, path_only
from harness.config.values import any_text, choice, duration, text, whole
from harness.model.services import Server, Service, ServiceClock

_APP = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(\))?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST = 300.0
"""Seconds of the longest deadline: a case waits half as long again for each answer that does not come."""
_WAYS = ("app", "command", "url")


def is_app(text: str) -> bool:
    """Tell whether a text is ``module:attribute`` or ``module:factory()``."""
    return _APP.fullmatch(text) is not None


def _app(node: Node, problems: Problems) -> str:
    """Read ``module:attribute`` or ``module:factory()``."""
    written = text(node, problems)
    if is_app(written):
        return written
    module, _, attribute = written.rpartition(".")
    guess = f"{module}:{attribute}" if module else f"{written}:app"
    raise Refused(node, "expected module:attribute or module:factory()", guess if is_app(guess) else "")


def _command(node: Node, problems: Problems) -> tuple[str, ...]:
    """Read a command: a list of arguments, so that no shell comes between."""
    if isinstance(node.value, str):
        raise Refused(node, "a command is a list of arguments", _as_list(node.value))
    arguments = items_of(node)
    if not arguments:
        raise Refused(node, "a command has at least a program")
    note_near_misses(node, ("port",), problems)
    return each(arguments, text, problems)


def _as_list(command: str) -> str:
    """Return a command line as the list that it means; empty where its quotes do not close."""
    try:
        parts = shlex.split(command)
    except ValueError:
        return ""
    return json.dumps(parts, ensure_ascii=False) if parts else ""


def _url(node: Node, problems: Problems) -> str:
    """Read ``http://host:port``."""
    written = text(node, problems)
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(node, f"not a URL: {error}") from error
    if parts.scheme != "http" or not host:
        near = f"http://{written}" if "://" not in written and host is None else ""
        raise Refused(node, "expected http://host:port (the harness speaks plain HTTP)", near)
    if port == 0:
        raise Refused(node, "no service listens on port 0; give the port that it has")
    bare = f"http://{parts.netloc}"
    if parts.username is not None or written.rstrip("/") != bare or not parts.netloc.isascii():
        near = f"http://{parts.netloc.rpartition('@')[2]}"
        raise Refused(node, "expected only host and port; paths stand in the routes", near)
    return bare


def is_variable(name: str) -> bool:
    """Tell whether an environment variable can have this name (POSIX.1, 8.1, and small letters)."""
    return _VARIABLE.fullmatch(name) is not None


def variable(node: Node, problems: Problems) -> str:
    """Read the name of an environment variable."""
    written = text(node, problems)
    if not is_variable(written):
        right = re.sub(r"\W", "_", written, flags=re.ASCII).upper()
        raise Refused(node, "expected the name of an environment variable", right if is_variable(right) else "")
    return written


def _env(node: Node, problems: Problems) -> Mapping[str, str]:
    """Read environment variables; ``{tmp}`` in a value is a fresh directory of the instance."""
    given = mapping_of(node)
    for name, child in given.items():
        if not is_variable(name):
            problems.note_name(child, "this cannot be the name of an environment variable")
        elif isinstance(child.value, str) and "\0" in child.value:
            problems.note(child, "an environment variable cannot hold a NUL")
    note_near_misses(node, ("tmp",), problems)
    values = each(given.values(), any_text, problems)
    return dict(zip(given, values, strict=True)) if len(values) == len(given) else {}


def _deadline(node: Node, problems: Problems) -> float:
    """Read the deadline in seconds; one that nobody waits for would let every hang pass for an answer to come."""
    seconds = duration(node, problems)
    if seconds > LONGEST:
        raise Refused(node, "expected at most 5m: with a longer deadline no hang could ever be told")
    return seconds


CLOCK: Mapping[str, Reader] = {"env": variable, "form": text}
"""The keys of ``clock``."""


def _clock(node: Node, problems: Problems) -> ServiceClock:
    """Read how the service's clock is set: a variable's name, or that with the form of its value."""
    if isinstance(node.value, str):
        return ServiceClock(env=variable(node, problems))
    read = members(node, CLOCK, problems, required=["env"])
    return ServiceClock(**read) if "env" in read else ServiceClock(env="")


SERVICE: Mapping[str, Reader] = {
    "app": _app,
    "command": _command,
    "url": _url,
    "server": choice(Server.GUNICORN, Server.WAITRESS, Server.WSGI),
    "workers": whole(1, 64),
    "threads": whole(1, 256),
    "ready": get_route,
    "openapi": path_only,
    "deadline": _deadline,
    "start_timeout": duration,
    "env": _env,
    "errors": choice("problem+json"),
    "database": variable,
    "clock": _clock,
}
"""The keys of ``service``."""

_IDLE: Mapping[Server, tuple[str, ...]] = {
    Server.GUNICORN: (),
    Server.WAITRESS: ("workers",),
    Server.WSGI: ("workers", "threads"),
    Server.COMMAND: ("server", "workers", "threads"),
    Server.URL: ("server", "workers", "threads", "env", "database", "clock"),
}
"""The keys that nothing would obey, by the way in which the service runs."""

_WHY_IDLE: Mapping[Server, str] = {
    Server.WAITRESS: "waitress runs one process",
    Server.WSGI: "in-process WSGI is one process without a server",
    Server.COMMAND: "the command itself decides this",
    Server.URL: "a service behind a url runs already",
}


def service(node: Node, problems: Problems, directory: str) -> Service | None:
    """Read the section; None where it is not even clear how the service runs."""
    read = members(node, SERVICE, problems)
    server = _server(node, read, problems)
    if server is None:
        return None
    _note_idle(node, server, problems)
    if server is Server.COMMAND and "PORT" in read.get("env", {}):
        problems.note_name(mapping_of(mapping_of(node)["env"])["PORT"], "the harness sets PORT to the port it chose")
    if read.get("database") and read["database"] not in read.get("env", {}):
        problems.note(
            mapping_of(node)["database"],
            "no variable of env has this name",
            nearest(read["database"], read.get("env", {})),
        )
    values = {name: value for name, value in read.items() if name != "server"}
    return Service(server=server, directory=directory, **values)


def at_url(configured: Service, url: str) -> Service:
    """Return the service as it runs at ``url`` already, with the promises that are configured and nothing to start."""
    return replace(configured, server=Server.URL, url=url, app="", command=(), env={}, database="", clock=None)


def _server(node: Node, read: Mapping[str, Any], problems: Problems) -> Server | None:
    """Return how the service runs, by which one of app, command and url is given."""
    given = mapping_of(node)
    ways = [way for way in _WAYS if way in given]
    if not ways:
        problems.note_name(node, "missing how the service runs: one of app, command, url")
        return None
    for way in ways[1:]:
        problems.note_name(given[way], f"{ways[0]} says how the service runs already; only one of app, command, url")
    if len(ways) > 1 or ways[0] not in read:
        return None
    if ways[0] == "app":
        return Server(read["server"]) if "server" in read else None if "server" in given else Server.GUNICORN
    return Server(ways[0])


def _note_idle(node: Node, server: Server, problems: Problems) -> None:
    """Note every setting that nothing would obey."""
    given = mapping_of(node)
    for name in _IDLE[server]:
        if name in given:
            problems.note_name(given[name], f"{_WHY_IDLE[server]}; leave this out")
