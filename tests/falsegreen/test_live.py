"""No way to see nothing ends in a pass, tried from the command line on a small service of its own."""

from __future__ import annotations

import socket
from pathlib import Path

import psutil
import pytest

from harness.cli.line import carried_out
from harness.clock import SystemClock
from harness.history.memory import MemoryRecorder
from harness.model.events import ProcessSeen
from harness.model.exits import Exit
from harness.model.services import Configuration, Route, Server, Service
from harness.stage.house import House, Means
from tests.falsegreen.the_outside import D01, WAYS, LiveWay
from tests.falsegreen.ways import reasons

pytestmark = pytest.mark.server
APPS = Path(__file__).parent / "apps"


def _run(here: Path, way: LiveWay) -> int:
    """Run ``way`` in this process and return the exit code."""
    configuration = (APPS / "harness.yaml").read_text()
    for old, new in way.changes:
        assert old in configuration
        configuration = configuration.replace(old, new.replace("{port}", str(_free_port())))
    (here / "empty").mkdir()
    (here / "moody.py").write_text((APPS / "moody.py").read_text())
    (here / "harness.yaml").write_text(configuration)
    (here / "own.yaml").write_text(way.scenario)
    arguments = [word.replace("{here}", str(here)) for word in way.arguments]
    where = ["--config", str(here / "harness.yaml"), "--scenarios", str(here / "own.yaml"), "--shrink", "0"]
    return carried_out(["run", *where, "--out", str(here / "run"), "--seed", "1", "--quiet", *arguments])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _told(here: Path, error: str) -> str:
    """Return all that was said, with the directory of the test by its name in the table."""
    said = "\n".join(reasons(here / "run")) if (here / "run" / "report.json").exists() else ""
    return f"{said}\n{error}".replace(str(here), "{here}")


def test_the_small_service_passes_when_it_is_in_a_good_mood(tmp_path: Path) -> None:
    """Else the ways below would show nothing."""
    assert _run(tmp_path, LiveWay(name="honest", told=(), scenario=D01)) == Exit.PASS


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_way_to_see_nothing_does_not_pass(way: LiveWay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is that of the table, and the sentence that names what was missing is told."""
    ended = _run(tmp_path, way)
    told = _told(tmp_path, capsys.readouterr().err)
    assert (ended, [sentence for sentence in way.told if sentence not in told]) == (way.exit, []), told


def test_an_instance_that_died_between_two_cases_is_not_replaced_in_silence(tmp_path: Path) -> None:
    """Its death is in the history before another one takes its place."""
    service = Service(
        server=Server.WSGI,
        app="moody:application",
        directory=str(APPS),
        ready=Route(method="GET", path="/"),
        env={"MOOD": "honest", "PYTHONPATH": str(APPS)},
    )
    recorder = MemoryRecorder()
    means = Means(
        configuration=Configuration(file="harness.yaml", service=service),
        recorder=recorder,
        clock=SystemClock(),
        salt="salt",
        directory=tmp_path,
    )
    with House(means) as house:
        first = house.shared()
        _end(first.processes())
        second = house.shared()
        lives = [event.what for event in recorder.events if isinstance(event.what, ProcessSeen)]
    assert [(life.what, life.instance) for life in lives] == [
        ("started", first.number),
        ("ready", first.number),
        ("died", first.number),
        ("started", second.number),
        ("ready", second.number),
    ]


def _end(pids: tuple[int, ...]) -> None:
    """Kill processes and wait until they are gone."""
    processes = [psutil.Process(pid) for pid in pids]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)
