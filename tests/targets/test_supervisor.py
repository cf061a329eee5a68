"""Nothing is left, whatever happens to the harness and whatever the service does to stay."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness.model.services import Route
from harness.targets import proc

from .conftest import APPS, Stage, eventually

pytestmark = pytest.mark.server

HARNESS = """
import sys, time
from pathlib import Path
from harness.clock import SystemClock
from harness.history.memory import MemoryRecorder
from harness.model.services import Route, Server, Service
from harness.targets.launch import launch
service = Service(server=Server(sys.argv[1]), app="plain:application", directory=sys.argv[2],
                  ready=Route(method="GET", path="/healthz"))
instance = launch(service, number=1, env={"OWN": "{tmp}"}, workers=2, logs=Path(sys.argv[3]),
                  recorder=MemoryRecorder(), clock=SystemClock())
spawned = instance.fetch(Route(method="GET", path="/spawn"), 5)
own = instance.fetch(Route(method="GET", path="/env?OWN"), 5)
print(*instance.processes(), spawned.body.decode(), own.body.decode(), sep=";", flush=True)
time.sleep(600)
"""

STUBBORN = """
import signal, sys, plain
from wsgiref.simple_server import make_server
signal.signal(signal.SIGTERM, signal.SIG_IGN)
make_server("127.0.0.1", int(sys.argv[1]), plain.application).serve_forever()
"""


@pytest.mark.parametrize("server", ["gunicorn", "waitress", "wsgi"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_harness(tmp_path: Path, server: str, how: signal.Signals) -> None:
    """Within 3 seconds of the harness's death its servers, and daemons they left, are gone, and their directory."""
    harness = subprocess.Popen(
        [sys.executable, "-c", HARNESS, server, str(APPS), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert harness.stdout is not None
    *pids, spawned, own = harness.stdout.readline().strip().split(";")
    everything = {int(pid) for pid in [*pids, spawned]}
    directory = Path(json.loads(own)["OWN"])
    before = (
        all(proc.alive(pid) for pid in everything),
        int(spawned) in {int(pid) for pid in pids},
        directory.is_dir(),
    )
    harness.send_signal(how)
    harness.wait(10)
    harness.stdout.close()
    gone = eventually(lambda: not any(proc.alive(pid) for pid in everything) and not directory.exists(), 3.0)
    for pid in everything:
        if proc.alive(pid):
            os.kill(pid, signal.SIGKILL)
    assert (before, gone) == ((True, True, True), True)


def test_a_server_that_ignores_sigterm(stage: Stage) -> None:
    """A server that ignores SIGTERM is killed after its grace, and the record says so."""
    instance = stage.start("command", command=(sys.executable, "-c", STUBBORN, "{port}"))
    (pid,) = instance.processes()
    start = time.monotonic()
    instance.stop()
    took = time.monotonic() - start
    wanted = ("stopped", f"did not end on SIGTERM, killed: {pid}")
    assert (proc.alive(pid), stage.processes()[-1], took < 6) == (False, wanted, True)


def test_a_stopped_server_is_taken_down(stage: Stage) -> None:
    """A server that is paused by SIGSTOP ends too."""
    instance = stage.start("waitress")
    (pid,) = instance.processes()
    os.kill(pid, signal.SIGSTOP)
    instance.stop()
    assert not proc.alive(pid)


def test_a_daemon_outside_the_group_is_taken_down(stage: Stage) -> None:
    """What the service started in a session of its own and left behind goes with it."""
    instance = stage.start("waitress")
    answer = instance.fetch(Route(method="GET", path="/spawn"), 5)
    assert answer is not None
    daemon = int(answer.body)
    seen = daemon in instance.processes()
    instance.stop()
    assert (seen, proc.alive(daemon)) == (True, False)


def test_a_killed_watchdog_is_made_good(stage: Stage) -> None:
    """If somebody kills the watchdog itself, stopping still takes the server down."""
    instance = stage.start("waitress")
    (pid,) = instance.processes()
    watchdog = next(parent for parent, below in proc.children().items() if pid in below)
    os.kill(watchdog, signal.SIGKILL)
    assert eventually(lambda: not proc.alive(watchdog))
    instance.stop()
    assert not proc.alive(pid)


def test_a_watchdog_that_is_slow_to_tell_is_waited_for(stage: Stage) -> None:
    """A death is written down by the first look after it, though the watchdog comes to it only later."""
    instance = stage.start("waitress")
    (pid,) = instance.processes()
    watchdog = next(parent for parent, below in proc.children().items() if pid in below)
    os.kill(watchdog, signal.SIGSTOP)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not proc.alive(pid))
    going_on = threading.Timer(0.5, os.kill, (watchdog, signal.SIGCONT))
    going_on.start()
    instance.look()
    going_on.join()
    assert [what for what, _ in stage.processes()] == ["started", "ready", "died"]
