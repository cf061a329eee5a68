"""Errors by whose fault they are: the author's, the service's reach, or ours.

Every message says what is wrong, where, why it is not accepted, and what to do now. The command
line turns each class into its exit code (:mod:`harness.model.exits`).
"""

from __future__ import annotations

from harness.model.records import record


class HarnessError(Exception):
    """Base of every error that the harness raises on purpose; never raised itself."""


@record
class Problem:
    """One thing wrong in a file that its author can mend.

    ``line`` and ``column`` count from 1; 0 means the place is not known. ``key`` is the dotted
    path of the setting, ``nearest`` the right spelling that the author most likely meant.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    key: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        place = self.file or "(no file)"
        if self.line:
            place += f":{self.line}:{self.column}"
        subject = f" {self.key}:" if self.key else ""
        hint = f"; did you mean '{self.nearest}'?" if self.nearest else ""
        return f"{place}:{subject} {self.message}{hint}"


class UsageError(HarnessError):
    """An option or argument that cannot be honoured (exit code 2)."""


class ScenarioError(HarnessError):
    """A configuration or scenario file is wrong; carries every problem found in it (exit code 2)."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class TargetError(HarnessError):
    """The service under test could not be started or reached (exit code 4).

    ``detail`` holds what the service itself said (the tail of its log), shown below the message.
    """

    def __init__(self, message: str, *, detail: str = "") -> None:
        self.detail = detail
        super().__init__(message)


class RunDirectoryError(HarnessError):
    """A run directory is missing, unreadable, or of a format that this version does not know (exit code 2)."""


class UnsavedError(RunDirectoryError):
    """What a run saw can be written no further: a full disk, a directory that was taken away (exit code 3)."""


class HarnessBug(HarnessError):
    """Something that only a defect of the harness itself can cause (exit code 70)."""
