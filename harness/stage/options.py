"""What a front asks of the runner, and what it gets back."""

from __future__ import annotations

from pathlib import Path

from harness.model.exits import Exit
from harness.model.records import record
from harness.report.format import Report


@record
class Options:
    """What one run is narrowed to.

    ``families``, ``select`` (names of scenario files, or ids of entries) and ``operations`` narrow the plan; empty:
    everything. ``profile`` is the name of the one to run; without ``scenarios`` its own directories are read.
    ``seed`` None draws one, and says it. ``out`` None means a new directory in ``reports/``. ``server`` overrides the
    configured one, ``url`` points at a service that runs already; ``allow_remote`` names the hosts that may be
    reached though they are not loopback. ``fail_on`` is the least severity that fails the gate. ``waivers`` and
    ``baseline`` are files that must be there; None means the usual ones, where they are there. The cases of findings
    that fail the gate are carried out again ``reruns`` times, and made smaller for ``shrink`` seconds in all (None: as
    long as the profile says).
    """

    config: Path
    scenarios: tuple[Path, ...] = ()
    families: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    profile: str = "default"
    seed: int | None = None
    out: Path | None = None
    server: str = ""
    url: str = ""
    allow_remote: tuple[str, ...] = ()
    fail_on: str = "major"
    waivers: Path | None = None
    baseline: Path | None = None
    reruns: int = 2
    shrink: float | None = None


@record
class Outcome:
    """How a command ended: where the run lies, what it came to, and the exit code."""

    directory: Path
    report: Report
    exit: Exit
