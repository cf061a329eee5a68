"""An incident: one case that showed a defect, the finding that it must show while the defect lives, and its origin."""

from __future__ import annotations

from typing import Literal

from harness.model.cases import Case
from harness.model.gates import Ratio
from harness.model.records import record
from harness.model.verdicts import Severity

FORMAT: Literal[1] = 1
"""The format of an incident file; a file of another format is refused by name."""


@record
class Shows:
    """The finding that the case shows while the defect lives.

    ``fingerprint`` decides; the rest tells people what it stands for. ``expected`` is what a correct service does.
    """

    fingerprint: str
    check: str
    severity: Severity
    symptom: str
    happened: str
    expected: str


@record
class Origin:
    """Where an incident comes from: the run that saw it, its seed and end (UTC, ISO 8601), what was tested by whom."""

    run: str
    seed: int
    finished: str
    target: str
    harness: str


@record
class Incident:
    """A case as a file that fails while a defect lives and passes once it is mended.

    ``name`` is that of the file without ``.json``. ``tries`` is how often the case is carried out before the defect
    counts as mended: more than once for a race, and for what did not show each time (``ratio``; None: its case was
    not carried out again).
    """

    format: Literal[1] = FORMAT
    name: str
    title: str
    shows: Shows
    origin: Origin
    ratio: Ratio | None = None
    tries: int = 1
    case: Case
