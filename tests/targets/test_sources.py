"""A service tells where its own functions stand, however they are written; where it cannot, nothing is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.model.runs import Handler
from harness.model.services import Operation, Route, Server, Service
from harness.targets.sources import handlers

from .conftest import APPS

pytestmark = pytest.mark.server

OPERATIONS = (
    Operation(name="create", route=Route(method="POST", path="/v1/things?dry=1")),
    Operation(name="replace", route=Route(method="PUT", path="/things/{number}")),
    Operation(name="static", route=Route(method="GET", path="/static/{file}")),
    Operation(name="nowhere", route=Route(method="POST", path="/nowhere")),
)
LINES = (APPS / "routed.py").read_text(encoding="utf-8").splitlines()
FILE = (APPS / "routed.py").relative_to(Path.cwd()).as_posix()


def told(tmp_path: Path, app: str) -> tuple[Handler, ...]:
    """Return what an application tells of the operations; nothing is left in its surroundings."""
    service = Service(server=Server.GUNICORN, app=app, directory=str(APPS))
    found = handlers(service, OPERATIONS, env={}, logs=tmp_path, clock=SystemClock())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    return found


@pytest.mark.parametrize("app", ["routed:create_app()", "routed:wrapped()"])
def test_views_are_found_behind_decorators_classes_and_wrappers(tmp_path: Path, app: str) -> None:
    """A decorated function is told at its ``def``, a class at the method; what a package answers is left out."""
    assert told(tmp_path, app) == (
        Handler(operation="create", file=FILE, line=LINES.index("def create_thing() -> str:") + 1),
        Handler(operation="replace", file=FILE, line=LINES.index("    def put(self, number: int) -> str:") + 1),
    )


@pytest.mark.parametrize("app", ["routed:broken()", "routed:silent()", "nowhere:app", "plain:application"])
def test_what_tells_nothing_is_no_failure(tmp_path: Path, app: str) -> None:
    """An application that cannot be imported, ends, or is none of Flask has no handlers to tell of."""
    assert told(tmp_path, app) == ()


def test_a_command_is_not_asked(tmp_path: Path) -> None:
    """What runs by a command of its own has no application that could be imported."""
    service = Service(server=Server.COMMAND, command=("true",), directory=str(APPS))
    assert handlers(service, OPERATIONS, env={}, logs=tmp_path, clock=SystemClock()) == ()
