"""A service that runs by itself: what must be said of its dependencies, and what a URL from outside changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.model.errors import ScenarioError
from harness.model.services import Configuration, Dependency, Operation, Route, Server, Service

TEXT = """\
format: 1
service: {SERVICE}
dependencies:
  bank: {BANK}
operations: {buy: {request: POST /orders}}
"""
STARTED = '{app: "shop:app", workers: 3, deadline: 2s, ready: GET /up, env: {MODE: fast}}'
RUNNING = "{url: http://127.0.0.1:8000, deadline: 2s}"
UNTOLD = (
    "missing; a service behind a url is not started by the harness, so nobody tells it where this dependency is: "
    "give a free port, and start the service with BANK_URL=http://127.0.0.1:<port>"
)


def written(directory: Path, service: str, bank: str) -> Path:
    """Write a configuration with one dependency."""
    path = directory / "harness.yaml"
    path.write_text(TEXT.replace("{SERVICE}", service).replace("{BANK}", bank), encoding="utf-8")
    return path


def told(path: Path, url: str = "") -> list[tuple[int, int, str, str]]:
    """Return what is told of a wrong configuration."""
    with pytest.raises(ScenarioError) as caught:
        load_configuration(path, url)
    return [(one.line, one.column, one.key, one.message) for one in caught.value.problems]


@pytest.mark.parametrize(("service", "url"), [(RUNNING, ""), (STARTED, "http://127.0.0.1:8000")])
def test_a_dependency_of_a_running_service_needs_a_port(tmp_path: Path, service: str, url: str) -> None:
    """Nobody tells a running service where the doubles are, so the author must say where it was told they are."""
    assert told(written(tmp_path, service, "{env: BANK_URL}"), url) == [(4, 3, "dependencies.bank.port", UNTOLD)]


@pytest.mark.parametrize("bank", ["{port: 9107}", "{env: BANK_URL, port: 9107}"])
def test_the_variable_of_a_running_service_may_be_left_out(tmp_path: Path, bank: str) -> None:
    """The harness sets no variable there; naming it only tells people which one it is."""
    (dependency,) = load_configuration(written(tmp_path, RUNNING, bank)).dependencies
    assert dependency == Dependency(name="bank", env="BANK_URL" if "env" in bank else "", port=9107)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_double_cannot_stand_where_the_service_does(tmp_path: Path, host: str) -> None:
    """A double on the service's own port would be taken for the service."""
    path = written(tmp_path, f"{{url: http://{host}:9107}}", "{port: 9107}")
    assert told(path) == [(4, 16, "dependencies.bank.port", "the service has this port already")]


def test_a_url_from_outside_takes_the_place_of_what_would_be_started(tmp_path: Path) -> None:
    """Promises, operations and dependencies stay; how the service is started, and with what, does not matter."""
    path = written(tmp_path, STARTED, "{env: BANK_URL, port: 9107}")
    assert load_configuration(path, "http://127.0.0.1:8000") == Configuration(
        file=str(path),
        service=Service(
            server=Server.URL,
            url="http://127.0.0.1:8000",
            directory=str(tmp_path),
            workers=3,
            deadline=2.0,
            ready=Route(method="GET", path="/up"),
        ),
        dependencies=(Dependency(name="bank", env="BANK_URL", port=9107),),
        operations=(Operation(name="buy", route=Route(method="POST", path="/orders")),),
    )
