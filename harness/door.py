"""The door for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.replay.replaying import Replay
    from harness.runner import Options, Outcome, Progress


def run(options: Options, progress: Progress) -> Outcome:
    """Put the selected trouble on the service, judge what was seen, write the reports, and tell what it came to.

    The records are those of :mod:`harness.runner`. Errors: ScenarioError and UsageError before anything is started;
    TargetError when the service cannot be started.
    """
    from harness import runner

    return runner.run(options, progress)


def replay(paths: Sequence[Path], *, config: Path, out: Path | None = None, progress: Progress | None = None) -> Replay:
    """Carry out the incidents in ``paths`` on the service that ``config`` says, and tell what became of each.

    ``out`` is where the run lands (None: below ``reports``); without ``progress`` nothing is said on the way. Errors:
    ScenarioError and UsageError before anything is started; TargetError when the service cannot be started.
    """
    from harness import runner

    return runner.replay(runner.Options(config=config, out=out), paths, progress or runner.Unheard())
