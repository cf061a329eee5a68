"""Runs of one entry on the hostile service, by the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.e2e.harness_run import Ended
from tests.fire.victim import begun, left

SERVICE = Path(__file__).with_name("apps") / "hostile.py"
PATIENCE = 150.0
"""Seconds within which a run of four cases is over, however busy the machine is and whatever the service does."""

CONFIGURATION = """
format: 1
service:
  command: ["{python}", "{service}", {when}, {trouble}, "{{port}}"]
  ready: GET /healthz
  start_timeout: {start}
  deadline: 500ms
operations:
  book: {{request: POST /book, json: {{source: crm, amount: 3}}, event: "header:Idempotency-Key"}}
"""
SCENARIO = "format: 1\nfamily: duplicate-event\nentries: [D01]\n"


def started(place: Path, when: str, trouble: str, *, start: str = "10s") -> subprocess.Popen[bytes]:
    """Start a run of one entry on the hostile service, whose directory is ``run``."""
    config = CONFIGURATION.format(python=sys.executable, service=SERVICE, when=when, trouble=trouble, start=start)
    (place / "harness.yaml").write_text(config)
    (place / "own.yaml").write_text(SCENARIO)
    words = ("--config", str(place / "harness.yaml"), "--scenarios", str(place / "own.yaml"), "--seed", "1")
    return begun(place, "run", "--out", str(place / "run"), "--shrink", "0", "--reruns", "0", *words)


def ended(place: Path, process: subprocess.Popen[bytes]) -> Ended:
    """Wait until a run has ended by itself; it leaves nothing, and says nothing of its own inside."""
    try:
        code = process.wait(PATIENCE)
    finally:
        process.kill()
    assert left(place) == ([], [])
    said = (place / "said").read_text()
    assert "Traceback" not in said
    return Ended(exit=code, out=said, err="", directory=place / "run")


def ran(place: Path, when: str, trouble: str, *, start: str = "10s") -> Ended:
    """Run one entry on the hostile service to its end."""
    return ended(place, started(place, when, trouble, start=start))
