"""What is found after a run was ended by a signal, told as complaints: none is what was promised."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.model.codec import from_json
from harness.model.exits import Exit
from harness.report.format import Report
from tests.e2e.harness_run import command
from tests.fire.victim import left

WHOLE = ("run.json", "plan.json", "judgements.json", "report.json")
"""Files that stand whole or not at all."""
GROWING = ("history.jsonl", "load-*.jsonl")
"""Files that grow line by line: all but the last line are whole."""
CUT_SHORT = ("the run was interrupted: ", "the run was killed before it ended")


def killed(process: subprocess.Popen[bytes], first: signal.Signals) -> int:
    """Kill the run at once, nothing after it; return its exit code."""
    process.send_signal(first)
    return process.wait(10)


def complaints(place: Path, first: signal.Signals, code: int) -> list[str]:
    """Return what is not as promised after the run in ``place`` was ended with ``first`` and exited with ``code``."""
    return [
        *_of_its_end(place, first, code),
        *_of_what_is_left(place, first),
        *_of_files(place / "run"),
        *(_of_faults(place / "run") if first is not signal.SIGKILL else ()),
        *_of_the_next_command(place / "run"),
    ]


def _of_its_end(place: Path, first: signal.Signals, code: int) -> Iterator[str]:
    """Complain of an exit code that is not that of the signal; a run that was over before has its own."""
    asked = -signal.SIGKILL if first is signal.SIGKILL else Exit.INTERRUPTED
    over = (place / "run" / "report.html").exists() and state(place / "run") == "complete"
    if code != asked and not (over and code in (Exit.PASS, Exit.UNKNOWN)):
        yield f"the exit code was {code}"
    said = (place / "said").read_text(errors="replace")
    if "Traceback" in said:
        yield f"it said: {said[-2000:]}"


def _of_what_is_left(place: Path, first: signal.Signals) -> Iterator[str]:
    """Complain of what runs or lies about; killed before there was a watchdog, an empty directory may."""
    processes, files = left(place)
    yield from (f"left running: {words}" for words in processes)
    guarded = '"what":"started"' in _text(place / "run" / "history.jsonl")
    for path in files:
        half = path.endswith(".part")
        if first is not signal.SIGKILL or (guarded and not half):
            yield f"left behind: {path}"


def _of_files(run: Path) -> Iterator[str]:
    for name in WHOLE:
        if (run / name).exists() and _parsed((run / name).read_bytes()) is None:
            yield f"{name} is not whole"
    for pattern in GROWING:
        for path in run.glob(pattern):
            lines = path.read_bytes().split(b"\n")[:-1]
            if any(_parsed(line) is None for line in lines):
                yield f"{path.name} holds a line that is not whole"


def _of_faults(run: Path) -> Iterator[str]:
    """Complain of faults that were armed and not cleared."""
    events = happened(run)
    armed = [what["fault"]["id"] for what in events if what["kind"] == "fault-armed"]
    cleared = [what["fault"] for what in events if what["kind"] == "fault-cleared"]
    if armed != cleared:
        yield f"armed {armed}, cleared {cleared}"


def _of_the_next_command(run: Path) -> Iterator[str]:
    """Complain where ``check`` and ``report`` do not say what the directory is, or not all that was seen."""
    checked, reported = command("check", str(run)), command("report", str(run))
    if (checked.returncode, checked.stdout, checked.stderr) != (
        reported.returncode,
        reported.stdout,
        reported.stderr,
    ):
        yield f"check: {checked.returncode} {checked.stderr}; report: {reported.returncode} {reported.stderr}"
    if "Traceback" in checked.stderr + reported.stderr:
        yield f"check said: {checked.stderr}"
    if not (run / "plan.json").exists() or not (run / "run.json").exists():
        if (checked.returncode, "stopped before it began?" in checked.stderr) != (Exit.USAGE, True):
            yield f"of a run that had not begun check said {checked.returncode}: {checked.stderr}"
        return
    yield from (f"left after the check: {path.name}" for path in run.glob("*.part"))
    yield from _of_the_report(run, checked.returncode)


def _of_the_report(run: Path, code: int) -> Iterator[str]:
    report = from_json(Report, (run / "report.json").read_bytes())
    if state(run) != "complete" and (code != Exit.INTERRUPTED or not report.sentence.startswith(CUT_SHORT)):
        yield f"of a run that was cut short check said {code}: {report.sentence}"
    seen = {what["case"] for what in happened(run) if what["kind"] == "case-finished"}
    if report.coverage.total.run < len(seen):
        yield f"{len(seen)} cases were carried out, {report.coverage.total.run} reported"


def happened(run: Path) -> list[dict[str, Any]]:
    """Return what the history tells, without a last line that was cut."""
    lines = _text(run / "history.jsonl").split("\n")[:-1]
    return [json.loads(line)["what"] for line in lines]


def state(run: Path) -> str:
    """Return what a run says of itself; empty where it had not begun."""
    return str(json.loads(_text(run / "run.json") or "{}").get("state", ""))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _parsed(data: bytes) -> object:
    """Return the JSON value of ``data``; None where it is not whole."""
    try:
        return json.loads(data)
    except ValueError:
        return None
