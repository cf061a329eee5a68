"""The door for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.runner import Options, Outcome, Progress


def run(options: Options, progress: Progress) -> Outcome:
    """Put the selected trouble on the service, judge what was seen, write the reports, and tell what it came to.

    The records are those of :mod:`harness.runner`. Errors: ScenarioError and UsageError before anything is started;
    TargetError when the service cannot be started.
    """
    from harness import runner

    return runner.run(options, progress)
