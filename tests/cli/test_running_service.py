"""A service that somebody else runs: tested where it is, with the dependencies where it was told they are."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model.exits import Exit
from harness.model.verdicts import Verdict
from tests.e2e.harness_run import ROOT, Ended, run
from tests.sample_app.server import Server, running_server

pytestmark = pytest.mark.server

CONFIGURATION = (ROOT / "harness.yaml").read_text()
SELECTED = ("D01", "T01", "MJ06")


def free_port() -> int:
    """Return a free port below those that the kernel gives away, so that nobody takes it before it is used."""
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")


def beside(port: int) -> int:
    """Return the port of the reference: far from any that is drawn for a ledger."""
    return port - 10_000


@pytest.fixture
def port() -> int:
    """Return the port that the service was told to find the ledger on."""
    return free_port()


@pytest.fixture
def service(port: int, tmp_path: Path) -> Iterator[Server]:
    """Run the sample app on gunicorn as its developer would, with the ledger at ``port``."""
    environ = {
        "LEDGER_URL": f"http://127.0.0.1:{port}",
        "REFERENCE_URL": f"http://127.0.0.1:{beside(port)}",
        "DATABASE_URL": f"sqlite:///{tmp_path}/app.db",
    }
    server = running_server(environ, tmp_path)
    yield server
    server.stop()


def ran_on(tmp_path: Path, port: int, *options: str) -> Ended:
    """Run three entries with a configuration whose ledger listens on ``port``, the reference beside it (0: none)."""
    text = CONFIGURATION
    for number, variable in ((port, "LEDGER_URL"), (beside(port), "REFERENCE_URL")) if port else ():
        text = text.replace(f"    env: {variable}", f"    port: {number}\n    env: {variable}")
    config = tmp_path / "harness.yaml"
    config.write_text(text.replace("  deadline: 2s", "  start_timeout: 1s\n  deadline: 2s"))
    words = [word for entry in SELECTED for word in ("--scenario", entry)]
    scenarios = ("--scenarios", str(ROOT / "scenarios"))
    return run(tmp_path / "run", "--config", str(config), *scenarios, "--seed", "1", *words, *options)


def test_a_running_service_is_tested_where_it_runs(service: Server, port: int, tmp_path: Path) -> None:
    """Effects, faults and malformations are seen as on a started service; nothing of it is stopped."""
    ended = ran_on(tmp_path, port, "--url", f"http://127.0.0.1:{service.port}")
    assert (ended.exit, ended.report.verdict, ended.report.reasons) == (Exit.PASS, Verdict.PASS, ()), ended.out
    ran = {line.entry: line.count.run > 0 for line in ended.report.coverage.entries}
    assert {entry: ran.get(entry) for entry in SELECTED} == dict.fromkeys(SELECTED, True)
    assert service.process.poll() is None


def test_a_service_that_does_not_run_is_exit_4(port: int, tmp_path: Path) -> None:
    """Nothing answers at the address: the message names it, and asks the right question."""
    url = f"http://127.0.0.1:{free_port()}"
    ended = ran_on(tmp_path, port, "--url", url)
    assert ended.exit == Exit.TARGET
    assert ended.err == (
        f"harness: {url} was not ready within 1 s: GET /healthz must be answered, and it never answered (at last: "
        "connecting: Connection refused); the harness starts no service behind a url: is it running there?\n"
    )


def test_a_port_in_use_is_exit_4(tmp_path: Path) -> None:
    """The double cannot stand where another listens: the message says which, where, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        ended = ran_on(tmp_path, number)
    assert ended.exit == Exit.TARGET
    assert ended.err == (
        f"harness: the double of ledger cannot listen on 127.0.0.1:{number}: Address already in use; end what listens "
        "there, or give dependencies.ledger.port a free port and start the service with it\n"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--url", "http://127.0.0.1:1", "--server", "waitress"), "--server starts the service and --url finds it"),
        (("--url", "http://192.0.2.1:80"), "192.0.2.1, which is not this machine"),
        (("--url", "http://127.0.0.1:99999"), "cannot be a target: give http://HOST:PORT"),
        (("--url", "localhost:8000"), "cannot be a target: give http://HOST:PORT"),
        (("--url", "http://127.0.0.1:1"), "dependencies.ledger.port: missing; a service behind a url is not started"),
    ],
)
def test_what_cannot_be_honoured_is_exit_2(options: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """A conflict, another machine, what is no address, a dependency without a port: nothing is begun."""
    ended = ran_on(tmp_path, 0, *options)
    assert (ended.exit, told in ended.err, ended.directory.exists()) == (Exit.USAGE, True, False), ended.err
