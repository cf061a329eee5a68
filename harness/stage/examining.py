"""What a run needs, looked at piece by piece: one look shows all that is missing, with the command that mends it.

A piece that stands on a broken one is not looked at, and says so.
"""

from __future__ import annotations

import platform
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from harness.load import refuse_missing
from harness.model.cases import Family
from harness.model.errors import HarnessError, TargetError
from harness.model.exits import Exit
from harness.model.records import record
from harness.model.services import Dependency
from harness.report.progress import Progress
from harness.stage.performing import Order, preview

_LOOPBACK = "127.0.0.1"
_EXTRAS = {"load": ("locust",), "server": ("gunicorn", "waitress")}
"""The extras of the package, and what each brings."""
_DETAIL = 20
"""Lines of what the service said that are shown."""


@record
class Look:
    """What was found of one piece: ``code`` is that with which a run would end because of it.

    ``absent``: it is not there, and whether that matters another piece shows.
    """

    piece: str
    found: str
    code: Exit = Exit.PASS
    absent: bool = False


def examined(order: Callable[[], Order], progress: Progress) -> tuple[Look, ...]:
    """Look at everything; ``order`` reads the files, and starts nothing.

    The service is started once, if it can be, and asked for its contract; no case is sent.
    """
    return tuple(_looks(order, progress))


def exit_of_looks(looks: tuple[Look, ...]) -> Exit:
    """Return the code of the first piece that is not well."""
    return next((look.code for look in looks if look.code is not Exit.PASS), Exit.PASS)


def shown(looks: tuple[Look, ...]) -> str:
    """Return a line for each piece, further lines of it below, and what it comes to."""
    width = max(len(look.piece) for look in looks)
    lines = [line for look in looks for line in _lines(look, width)]
    bad = sum(look.code is not Exit.PASS for look in looks)
    return "\n".join([*lines, "", f"{bad} of {len(looks)} are not well" if bad else "a run can begin"])


def _lines(look: Look, width: int) -> list[str]:
    first, *rest = look.found.splitlines() or [""]
    mark = "bad" if look.code is not Exit.PASS else "off" if look.absent else "ok "
    return [f"{mark}  {look.piece:{width}}  {first}", *(f"{'':{width + 5}}  {line}" for line in rest)]


def _looks(read: Callable[[], Order], progress: Progress) -> Iterator[Look]:
    yield Look(piece="python", found=f"{platform.python_version()} in {sys.prefix}")
    yield from (_extra(name, modules) for name, modules in _EXTRAS.items())
    yield _look("temporary files", tempfile.gettempdir)
    order: list[Order] = []
    files = _look("files", lambda: _read(read, order))
    yield files
    if not order:
        yield Look(piece="service", found="not looked at: mend the files first", code=files.code)
        return
    yield from (_port(dependency) for dependency in order[0].configuration.dependencies if dependency.port)
    yield _load(order[0])
    yield _look("service", lambda: _started(order[0], progress))


def _look(piece: str, act: Callable[[], str]) -> Look:
    """Return what ``act`` finds, or what it ends with."""
    try:
        return Look(piece=piece, found=act())
    except TargetError as error:
        said = error.detail.splitlines()[-_DETAIL:]
        return Look(piece=piece, found="\n".join([str(error), *said]), code=Exit.TARGET)
    except (HarnessError, OSError) as error:
        return Look(piece=piece, found=str(error), code=Exit.USAGE)


def _extra(name: str, modules: tuple[str, ...]) -> Look:
    missing = [module for module in modules if find_spec(module) is None]
    if not missing:
        return Look(piece=f"extra {name}", found=f"{', '.join(modules)} installed")
    how = f"pip install 'reliability-harness[{name}]' brings {'it' if len(missing) == 1 else 'them'}"
    return Look(piece=f"extra {name}", found=f"{', '.join(missing)} not installed; {how}", absent=True)


def _read(read: Callable[[], Order], into: list[Order]) -> str:
    order = read()
    into.append(order)
    configuration = order.configuration
    entries = sum(len(scenario.entries) for scenario in order.scenarios)
    return (
        f"{configuration.file}: operations {', '.join(one.name for one in configuration.operations)}; "
        f"{entries} entries in {len(order.scenarios)} scenarios"
    )


def _port(dependency: Dependency) -> Look:
    def act() -> str:
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((_LOOPBACK, dependency.port))
                return f"{dependency.port} is free"
        except OSError as error:
            raise TargetError(
                f"{_LOOPBACK}:{dependency.port} cannot be had ({error.strerror}): end what listens there, or give "
                f"dependencies.{dependency.name}.port a free one"
            ) from error

    return _look(f"port of {dependency.name}", act)


def _load(order: Order) -> Look:
    def act() -> str:
        if all(scenario.family is not Family.LOAD for scenario in order.scenarios):
            return "none is in the scenarios"
        refuse_missing()
        return "its generator is installed"

    return _look("load", act)


def _started(order: Order, progress: Progress) -> str:
    """Start the service, beside doubles on any ports: that a port is taken was told."""
    anywhere = tuple(replace(dependency, port=0) for dependency in order.configuration.dependencies)
    configuration = replace(order.configuration, dependencies=anywhere)
    with tempfile.TemporaryDirectory(prefix="harness-") as scratch:
        plan = preview(replace(order, configuration=configuration, directory=Path(scratch)), progress)
    return f"it starts and is ready; {len(plan.cases)} cases can be planned"
