"""Where the sections of a configuration contradict one another.

Judged on what could be read: a section with a mistake of its own adds no second problem here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from harness.config.nodes import Node, Problems, mapping_of, nearest
from harness.config.values import is_name
from harness.model.services import Dependency, EffectKind, EffectRef, Operation, Server, Service

_LOOPBACK = ("127.0.0.1", "localhost")
"""The hosts at which a service would stand in the way of a double."""

_PORT_MISSING = (
    "missing; a service behind a url is not started by the harness, so nobody tells it where this dependency is: "
    "give a free port, and start the service with {env}=http://127.0.0.1:<port>"
)


def note_disagreements(root: Node, read: Mapping[str, Any], problems: Problems) -> None:
    """Note dependencies that cannot be found, what is taken twice, and effects that point to no declared call."""
    given = mapping_of(root)
    known: tuple[Dependency, ...] = read.get("dependencies", ())
    _note_addresses(given, read.get("service"), known, problems)
    _note_variables(given, read.get("service"), known, problems)
    _note_ports(given, read.get("service"), known, problems)
    for operation in read.get("operations", ()):
        _note_effect(given, operation, known, problems)


def _child(node: Node, *path: str) -> Node:
    """Return the node at ``path``, which is known to exist."""
    for name in path:
        node = mapping_of(node)[name]
    return node


def _note_addresses(
    given: Mapping[str, Node], running: Service | None, known: tuple[Dependency, ...], problems: Problems
) -> None:
    """Note every dependency of whose address the service cannot know: a started one is told, another needs a port."""
    if running is None:
        return
    key = "port" if running.server is Server.URL else "env"
    for dependency in known:
        node = _child(given["dependencies"], dependency.name)
        if key not in mapping_of(node):
            message = _PORT_MISSING.format(env=dependency.env or "the address") if key == "port" else "missing"
            problems.note_at(node.name_line, node.name_column, f"{node.key}.{key}", message)


def _note_ports(
    given: Mapping[str, Node], running: Service | None, known: tuple[Dependency, ...], problems: Problems
) -> None:
    """Note every port on which two would listen."""
    takers = {_own_port(running): "the service"} if running else {}
    for dependency in known:
        if dependency.port and dependency.port in takers:
            message = f"{takers[dependency.port]} has this port already"
            problems.note(_child(given["dependencies"], dependency.name, "port"), message)
        takers.setdefault(dependency.port, dependency.name)


def _own_port(running: Service) -> int:
    """Return the port of a service that runs on this machine by itself; 0: it has none of its own."""
    place = urlsplit(running.url)
    return place.port or 80 if place.hostname in _LOOPBACK else 0


def _note_variables(
    given: Mapping[str, Node], running: Service | None, known: tuple[Dependency, ...], problems: Problems
) -> None:
    """Note every variable with two sources: one of them would be lost without a word."""
    takers: dict[str, str] = {}
    for dependency in (one for one in known if one.env):
        if dependency.env in takers:
            message = f"{takers[dependency.env]} has this variable already"
            problems.note(_child(given["dependencies"], dependency.name, "env"), message)
        takers.setdefault(dependency.env, dependency.name)
    if running and running.clock and running.clock.env in takers:
        message = f"the harness sets this variable to the address of {takers[running.clock.env]}"
        problems.note(_child(given["service"], "clock"), message)
    for name in running.env if running else ():
        if name in takers:
            message = f"the harness sets this variable to the address of {takers[name]}; leave it out"
            problems.note_name(_child(given["service"], "env", name), message)


def _note_effect(
    given: Mapping[str, Node], operation: Operation, known: tuple[Dependency, ...], problems: Problems
) -> None:
    """Note an effect whose dependency or call is not declared, or has no effect."""
    if operation.effect is None:
        return
    wanted = operation.effect
    place = _child(given["operations"], operation.name, "effect")
    names = _names(given)
    if names is None:
        return
    if wanted.dependency not in names:
        near = nearest(wanted.dependency, filter(is_name, names))
        problems.note(place, "no such dependency is declared", f"{near} {wanted.route}" if near else "")
        return
    for dependency in known:
        if dependency.name == wanted.dependency and _is_whole(given, dependency):
            _note_call(given, place, wanted, dependency, problems)


def _names(given: Mapping[str, Node]) -> tuple[str, ...] | None:
    """Return the names of the dependencies, those with mistakes included; None where they cannot be read."""
    if "dependencies" not in given:
        return ()
    section = given["dependencies"].value
    return tuple(section) if isinstance(section, Mapping) else None


def _is_whole(given: Mapping[str, Node], dependency: Dependency) -> bool:
    """Return whether every declared call could be read, so that a missing one is truly missing."""
    calls = mapping_of(_child(given["dependencies"], dependency.name)).get("calls")
    declared = calls.value if calls else ()
    return isinstance(declared, tuple) and len(declared) == len(dependency.calls)


def _note_call(
    given: Mapping[str, Node], place: Node, wanted: EffectRef, dependency: Dependency, problems: Problems
) -> None:
    """Note an effect of a call that is not declared, or that changes nothing."""
    routes = [call.route for call in dependency.calls]
    if wanted.route not in routes:
        near = nearest(str(wanted.route), map(str, routes))
        message = f"{dependency.name} declares no such call"
        problems.note(place, message, f"{dependency.name} {near}" if near else "")
        return
    calls = _child(given["dependencies"], dependency.name, "calls").value
    effect = mapping_of(calls[routes.index(wanted.route)]).get("effect") if isinstance(calls, tuple) else None
    if effect is None or effect.value == EffectKind.NONE.value:
        problems.note(place, "this call is declared without an effect; an event would change nothing")
