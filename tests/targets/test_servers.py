"""Real servers: started, looked into, paused, and gone without a trace."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from harness.clock import SystemClock
from harness.model.errors import TargetError, UsageError
from harness.model.messages import Answer, Chunk, Ending, Request, Wire
from harness.model.services import Route, Server, Service
from harness.targets import proc
from harness.targets.control import launch_control
from harness.targets.instance import Capability, Instance
from harness.targets.place import version
from harness.targets.url import refuse_remote

from .conftest import APPS, HEALTH, Stage, eventually

pytestmark = pytest.mark.server

COMMAND = (
    "from wsgiref.simple_server import make_server; import plain, sys;"
    "make_server('127.0.0.1', int(sys.argv[1]), plain.application).serve_forever()"
)


def body(answer: Answer | None) -> object:
    assert answer is not None
    return json.loads(answer.body)


def get(instance: Instance, path: str, timeout: float = 5.0) -> object:
    return body(instance.fetch(Route(method="GET", path=path), timeout))


@pytest.mark.parametrize(
    ("server", "app", "description"),
    [
        ("gunicorn", "plain:application", f"gunicorn {version('gunicorn')}, 1 worker x 4 threads"),
        ("gunicorn", "plain:create_app('x')", f"gunicorn {version('gunicorn')}, 1 worker x 4 threads"),
        ("waitress", "plain:application", f"waitress {version('waitress')}, 4 threads"),
        ("waitress", "plain:create_app()", f"waitress {version('waitress')}, 4 threads"),
    ],
)
def test_application_and_factory(stage: Stage, server: str, app: str, description: str) -> None:
    """An attribute and a factory both run; a POST arrives as sent; everything is gone after stop."""
    instance = stage.start(server, app=app, workers=1)
    line = instance.connect(5)
    request = Request(method="POST", target="/echo?a=b", headers=(("X-Test", "1"),), body=b"hi")
    answers = line.exchange(request, timeout=5).answers
    line.close()
    pids = instance.processes()
    instance.stop()
    wanted = {"REQUEST_METHOD": "POST", "PATH_INFO": "/echo", "QUERY_STRING": "a=b", "CONTENT_LENGTH": "2",
              "HTTP_HOST": instance.authority, "HTTP_X_TEST": "1", "body": "hi"}  # fmt: skip
    assert (instance.description, [body(answer) for answer in answers]) == (description, [wanted])
    assert [pid for pid in pids if proc.alive(pid)] == []
    assert [what for what, _ in stage.processes()] == ["started", "ready", "stopped"]


def test_command(stage: Stage) -> None:
    """A command gets its port in its arguments and in PORT, and is not asked about workers."""
    instance = stage.start("command", command=(sys.executable, "-c", COMMAND, "{port}"))
    port = instance.authority.partition(":")[2]
    assert get(instance, "/env?PORT") == {"PORT": port}
    own = {Capability.WIRE, Capability.CONCURRENT, Capability.RESOURCES, Capability.RESTART, Capability.KILL}
    assert instance.capabilities == own


def test_environment(stage: Stage) -> None:
    """{tmp} is a directory of the instance's own that goes with it; loopback is never proxied."""
    instance = stage.start("waitress", env={"FILE": "{tmp}/a", "OWN": "2"})
    found = get(instance, "/env?FILE,OWN,NO_PROXY")
    assert isinstance(found, dict)
    directory = Path(found["FILE"]).parent
    existed = directory.is_dir()
    instance.stop()
    assert (found["OWN"], found["NO_PROXY"].endswith("127.0.0.1,localhost"), existed, directory.exists()) == (
        "2", True, True, False,
    )  # fmt: skip


def test_every_worker_has_answered_when_ready(stage: Stage) -> None:
    """Both workers are ready, both can be told apart, and pausing one makes the other answer."""
    instance = stage.start("gunicorn", workers=2)
    main, *workers = instance.processes()
    served = []
    for paused in workers:
        with instance.pausing([paused]):
            line = instance.connect(5)
            (answer,) = line.exchange(Request(method="GET", target="/pid"), timeout=5).answers
            served.append((body(answer), instance.worker_of(line.local_port)))
            line.close()
    assert (len(workers), served) == (2, [(pid, pid) for pid in reversed(workers)])
    assert proc.alive(main)


def test_pausing_ends_on_errors_and_spares_strangers(stage: Stage) -> None:
    """A block that raises leaves nothing stopped, and a pid that is not the service's is never signalled."""
    instance = stage.start("waitress")
    with pytest.raises(KeyError), instance.pausing([*instance.processes(), os.getpid()]):
        raise KeyError
    assert get(instance, "/healthz") == "fine"


def test_open_connections_are_seen_after_the_client_left(stage: Stage) -> None:
    """A request that is still worked on shows as open until the server is done with it."""
    instance = stage.start("gunicorn", workers=1)
    line = instance.connect(5)
    port = line.local_port
    line.exchange(Request(method="GET", target="/slow?0.6"), timeout=5, give_up_after=0.1)
    while_at_work = instance.still_open([port, 1])
    assert (while_at_work, eventually(lambda: instance.still_open([port]) == ())) == ((port,), True)


def test_lost_worker_is_recorded_once(stage: Stage) -> None:
    """A worker that dies is recorded with what the server says of it; its successor is not."""
    instance = stage.start("gunicorn", workers=2)
    victim = instance.processes()[1]
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: not proc.alive(victim) and len(instance.processes()) == 3)
    instance.look()
    instance.look()
    assert [what for what, _ in stage.processes()] == ["started", "ready", "worker-lost"]


def test_death_is_recorded_once(stage: Stage) -> None:
    """A server that dies is recorded with its exit status, once, and stopping it afterwards is fine."""
    instance = stage.start("waitress")
    assert instance.fetch(Route(method="GET", path="/die"), 5) is None
    assert eventually(lambda: stage.happened(instance, "died"))
    instance.look()
    instance.stop()
    assert stage.processes()[2:] == [("died", "exit status 7"), ("stopped", "")]


def test_log_lines_come_once_and_whole(stage: Stage) -> None:
    """What the service prints is recorded per stream, each line once, in its order."""
    instance = stage.start("waitress")
    for text in ("one", "two"):
        get(instance, f"/speak?{text}")
        instance.read_log()
    instance.read_log()
    assert (stage.lines("stdout"), [line for line in stage.lines("stderr") if line.startswith("err")]) == (
        ["out: one", "out: two"], ["err: one", "err: two"],
    )  # fmt: skip


@pytest.mark.parametrize("server", ["gunicorn", "waitress", "wsgi"])
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_module_anywhere", "No module named 'no_such_module_anywhere'"),
        ("raise ValueError('LEDGER_URL is missing')", "LEDGER_URL is missing"),
    ],
)
def test_an_application_that_does_not_start(stage: Stage, tmp_path: Path, server: str, source: str, said: str) -> None:
    """What the application raised while it was imported is in the error, and nothing is left running."""
    (tmp_path / "broken.py").write_text(source, encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        stage.start(server, app="broken:application", directory=str(tmp_path))
    assert (said in caught.value.detail, said in str(caught.value)) == (True, True)
    assert [what for what, _ in stage.processes()][-1] == "stopped"


@pytest.mark.parametrize(
    ("server", "app", "said"),
    [
        (
            "gunicorn",
            "plain:make_app()",
            "AttributeError: plain has no attribute 'make_app'; did you mean 'create_app'?",
        ),
        ("gunicorn", "plain:__doc__", "TypeError: plain:__doc__ is no WSGI application, but of type str"),
        (
            "waitress",
            "plain:make_app()",
            "AttributeError: plain has no attribute 'make_app'; did you mean 'create_app'?",
        ),
        ("wsgi", "plain:make_app()", "AttributeError: plain has no attribute 'make_app'; did you mean 'create_app'?"),
    ],
)
def test_an_application_that_is_not_there(stage: Stage, server: str, app: str, said: str) -> None:
    """A factory or attribute that the module lacks is named in the error, not only in the log."""
    with pytest.raises(TargetError) as caught:
        stage.start(server, app=app)
    assert str(caught.value).endswith(f"failed to start: {said}")


_STEADY_404 = r"GET /nowhere must be answered, and each of its \d+ answers was 404: the service runs, but has no such"


def test_never_ready(stage: Stage) -> None:
    """A ready route that does not exist is named, with the last answer it gave."""
    with pytest.raises(TargetError, match=_STEADY_404):
        stage.start("waitress", ready=Route(method="GET", path="/nowhere"), start_timeout=0.8)


def test_a_command_that_is_not_told_its_port(stage: Stage) -> None:
    """Where {port} stands nowhere and nothing answers, the error says which port was asked and how it is told."""
    elsewhere = (sys.executable, "-c", COMMAND, "0")
    with pytest.raises(TargetError) as caught:
        stage.start("command", command=elsewhere, start_timeout=0.8)
    told = re.sub(r"(?<=127\.0\.0\.1:)\d+", "N", str(caught.value))
    assert told.endswith(
        "and it never answered (at last: connecting: Connection refused); it was asked at 127.0.0.1:N, and {port} stands nowhere in `command`: "
        "write {port} where the command takes its port, or have it listen on the one in PORT"
    )


@pytest.mark.parametrize("fields", [{"command": ("/no/such/program",)}, {"directory": "/no/such/directory"}])
def test_cannot_even_start(stage: Stage, fields: dict[str, Any]) -> None:
    """A program or directory that does not exist is a matter of the target, said by name."""
    with pytest.raises(TargetError, match="/no/such/"):
        stage.start("command", **{"command": ("true",), **fields})


def test_missing_server() -> None:
    """A server that is not installed comes with the line that installs it."""
    with pytest.raises(TargetError, match=r"pip install 'reliability-harness\[server\]'"):
        version("no-such-server-anywhere")


def test_a_taken_port_is_chosen_anew(stage: Stage, tmp_path: Path) -> None:
    """A server that finds its port taken is started again on another."""
    flag = tmp_path / "tried"
    once = (
        f"import os, sys; os.path.exists({str(flag)!r}) or (open({str(flag)!r}, 'w').close(),"
        "sys.exit('OSError: [Errno 98] Address already in use'));" + COMMAND
    )
    instance = stage.start("command", command=(sys.executable, "-c", once, "{port}"))
    assert get(instance, "/healthz") == "fine"


def test_wire_against_gunicorn(stage: Stage) -> None:
    """A half-closed message reaches a real server, and the service still answers others."""
    instance = stage.start("gunicorn", workers=1)
    head = f"POST /echo HTTP/1.1\r\nHost: {instance.authority}\r\nContent-Length: 100\r\n\r\n{{}}"
    reply = instance.connect(5).exchange(Wire(chunks=(Chunk(data=head.encode()),), ending=Ending.HALF_CLOSE), timeout=5)
    assert (len(reply.answers) == 1 or reply.silence is not None, get(instance, "/healthz")) == (True, "fine")


@pytest.mark.parametrize("server", ["gunicorn", "waitress"])
def test_control(stage: Stage, server: str) -> None:
    """The control runs on the same kind of server with one worker, counts bodies, and goes when stopped."""
    service = Service(server=Server(server), app="plain:application", directory=str(APPS), ready=HEALTH)
    control = launch_control(service, logs=stage.logs, recorder=stage.recorder, clock=SystemClock())
    assert control is not None
    answers = control.connect(5).exchange(Request(method="POST", target="/any", body=b"12345"), timeout=5).answers
    pids = control.processes()
    control.stop()
    assert ([body(answer) for answer in answers], control.number) == ([{"length": 5}], 0)
    assert [pid for pid in pids if proc.alive(pid)] == []


@pytest.mark.parametrize("server", ["command", "url", "wsgi"])
def test_no_control(stage: Stage, server: str) -> None:
    """Where there is no server of ours there is no control."""
    service = Service(server=Server(server))
    assert launch_control(service, logs=stage.logs, recorder=stage.recorder, clock=SystemClock()) is None


def test_url(stage: Stage) -> None:
    """A running service is reached, its open connections are seen, and it is left running."""
    running = stage.start("waitress")
    instance = stage.start("url", url=f"http://{running.authority}")
    line = instance.connect(5)
    line.exchange(Request(method="GET", target="/healthz"), timeout=5)
    assert (instance.still_open([line.local_port]), instance.processes(), instance.worker_of(line.local_port)) == (
        (line.local_port,), (), 0,
    )  # fmt: skip
    line.close()
    instance.stop()
    assert get(running, "/healthz") == "fine"
    assert instance.capabilities == {Capability.WIRE, Capability.CONCURRENT}


def test_url_that_nobody_serves(stage: Stage) -> None:
    """An address without a service is a matter of the target."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(TargetError, match="it never answered"):
            stage.start("url", url=f"http://127.0.0.1:{closed.getsockname()[1]}", start_timeout=0.3)


LOOPBACK = ["http://127.0.0.1:1", "http://localhost:5000/", "http://[::1]:80", "http://127.9.9.9"]


def _refused(url: str, *allowed: str) -> bool:
    """Return whether an address is refused."""
    try:
        refuse_remote(url, allowed)
    except UsageError:
        return True
    return False


def test_loopback_is_allowed() -> None:
    """Every loopback address, and a name for one, is fine."""
    assert [url for url in LOOPBACK if _refused(url)] == []


@pytest.mark.parametrize("url", ["http://192.0.2.1:80", "http://0.0.0.0:80", "http://[2001:db8::1]"])
def test_remote_is_refused(url: str) -> None:
    """An address beyond this machine needs to be named; naming another does not help."""
    with pytest.raises(UsageError, match="--allow-remote"):
        refuse_remote(url, ("example.org",))


def test_a_name_that_cannot_be_resolved_is_refused_with_both_ways_out() -> None:
    """Whether such a name is this machine cannot be told: give loopback for one here, allow one elsewhere."""
    with pytest.raises(
        UsageError, match=r"name no\.\.where cannot be resolved .* localhost .* --allow-remote no\.\.where"
    ):
        refuse_remote("http://no..where:80", ())


def test_remote_can_be_allowed() -> None:
    """A named host is reached, and not resolved before; naming it allows no other."""
    hosts = ("192.0.2.1", "no..where")
    assert [_refused(f"http://{host}:80", host) for host in hosts] == [False, False]
    assert [_refused(f"http://{host}:80", "other") for host in hosts] == [True, True]


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost",
        "ftp://localhost",
        "localhost:80",
        "http://localhost/api",
        "http://",
        "http://localhost:99999",
    ],
)
def test_urls_that_cannot_be_targets(url: str) -> None:
    """What is not plain http://host:port is refused, with what to give instead."""
    with pytest.raises(UsageError, match="give http://HOST:PORT"):
        refuse_remote(url, ())


def test_concurrent_callers(stage: Stage) -> None:
    """Looking, reading the log and fetching from many threads at once disturb nothing."""
    instance = stage.start("gunicorn", workers=1)
    found: list[object] = []

    def work() -> None:
        for _ in range(5):
            instance.look()
            instance.read_log()
            found.append(get(instance, "/healthz"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["fine"] * 20
