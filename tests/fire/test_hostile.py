"""A service that means it ill costs the harness a message or a finding, never its patience, its memory or its order."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.model.errors import TargetError
from harness.model.exits import Exit
from harness.model.services import Route
from tests.fire.ordeal import SERVICE, ran
from tests.targets.conftest import Stage, stage

__all__ = ["stage"]

pytestmark = pytest.mark.server

READY = Route(method="GET", path="/healthz")
AT_START = {
    "dies": "ended (exit status 1) before it was ready; the application failed to start: LookupError: no such tariff",
    "ends-well": "ended (exit status 0) before it was ready; it wrote nothing to its log",
    "goes-to-the-background": "before it was ready; it left 1 process behind: have it stay in the foreground",
    "restarts": "never answered (at last: connecting: Connection refused)",
    "floods": "never answered (at last: connecting: Connection refused)",
    "never-listens": "never answered (at last: connecting: Connection refused)",
    "never-accepts": "never answered (at last: no whole answer in time",
    "stops": "never answered (at last: connecting: Connection refused)",
    "listens-elsewhere": "never answered (at last: connecting: Connection refused)",
    "garbage": "never answered (at last: what it sent is not HTTP)",
    "endless-body": "never answered (at last: no whole answer in time: status 201 and",
    "endless-headers": "never answered (at last: ",
    "endless-1xx": "interim answers (1xx) came, the answer did not)",
    "closes": "never answered (at last: it closed the connection without one)",
    "silent": "never answered (at last: no whole answer in time: no byte of an answer came)",
    "drips": "never answered (at last: no whole answer in time:",
    "errors": "was 500",
}
"""What the message says of each trouble at the start."""


@pytest.mark.parametrize("trouble", AT_START)
def test_a_service_that_never_gets_ready_is_told_and_gone(stage: Stage, trouble: str) -> None:
    """Within its time the error says what came of the last try, and nothing of the service is left."""
    before, began = set(stage.logs.parent.iterdir()), time.monotonic()
    with pytest.raises(TargetError) as told:
        stage.start(
            "command",
            command=(sys.executable, str(SERVICE), "at-start", trouble, "{port}"),
            ready=READY,
            start_timeout=8.0 if trouble in ENDS else 1.0,
        )
    took = time.monotonic() - began
    assert (AT_START[trouble] in str(told.value), took < 30) == (True, True), (str(told.value), took)
    assert len(told.value.detail) < 200_000
    assert [path for path in stage.logs.glob("instance-*") if path.is_dir()] == []
    assert set(stage.logs.parent.iterdir()) - before <= {stage.logs}


ENDS = ("dies", "ends-well", "goes-to-the-background")
"""Troubles whose end is waited for, not its absence."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told of a trouble that strikes in the course of a run.

    ``of`` is said in a finding or a reason (a machine that is busy makes an answer's time unknown), ``recorded`` in the
    history; ``passes``: it may be no trouble at all. ``most`` is how large the history may be in bytes.
    """

    of: str = ""
    recorded: str = ""
    passes: bool = False
    most: int = 2_000_000


ON_CALL = {
    "killed": Told(of="died"),
    "stopped": Told(of=r"got no answer \(timeout"),
    "floods": Told(recorded=r"\[[0-9,]{10,} bytes that the service wrote here were left out", passes=True),
    "garbage": Told(of="not HTTP"),
    "endless-1xx": Told(of=r"got no answer \(timeout"),
}
OF_THE_LONG_PROOF = {
    "good": Told(passes=True),
    "eats-its-socket": Told(of=r"got no answer \(closed"),
    "spawns": Told(passes=True),
    "multiplies": Told(passes=True),
    "endless-headers": Told(of="not HTTP|timeout"),
    "silent": Told(of=r"got no answer \(timeout"),
    "moves": Told(of=r"got no answer \(closed|got no answer \(timeout"),
    "endless-body": Told(of=r"got no answer \(timeout"),
    "endless-chunks": Told(of=r"got no answer \(timeout"),
    "endless-trailers": Told(of=r"got no answer \(timeout"),
    "endless-line": Told(of="not HTTP"),
    "closes": Told(of=r"got no answer \(closed"),
    "drips": Told(of=r"got no answer \(timeout"),
    "errors": Told(of="500"),
}


@pytest.mark.parametrize(
    "trouble", [*ON_CALL, *(pytest.param(name, marks=pytest.mark.prove) for name in OF_THE_LONG_PROOF)]
)
def test_a_service_that_turns_hostile_is_judged(trouble: str, tmp_path: Path) -> None:
    """A finding or an unknown that names the trouble, in bounded time, with a history of bounded size."""
    told = (ON_CALL | OF_THE_LONG_PROOF)[trouble]
    ended = ran(tmp_path, "on-call", trouble)
    spoken = "\n".join([*ended.report.reasons, *(finding.happened for finding in ended.report.findings)])
    wanted = (Exit.FAIL, Exit.UNKNOWN, *((Exit.PASS,) if told.passes else ()))
    assert ended.exit in wanted, ended.out
    assert re.search(told.of, spoken), spoken
    history = (tmp_path / "run" / "history.jsonl").read_text()
    assert len(history) < told.most
    assert re.search(told.recorded, history)


def test_a_service_that_is_never_ready_is_exit_4(tmp_path: Path) -> None:
    """The command line says what, where, why not and what now, and whose it is."""
    ended = ran(tmp_path, "at-start", "never-listens", start="1s")
    assert ended.exit == Exit.TARGET
    assert re.sub(r"'.*?hostile", "hostile", " ".join(ended.out.split())).endswith(
        "at-start never-listens '{port}' was not ready within 1 s: GET /healthz must be answered, and it never "
        "answered (at last: connecting: Connection refused); set `ready` to a route that answers 2xx, or "
        "`start_timeout` to what it needs"
    )
