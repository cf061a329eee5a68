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
class Size:
    """How big a case is: its steps, the requests that they send, the faults that they arm, what the requests carry.

    ``fields`` are headers, and members and items of JSON bodies; ``octets`` are the bytes of bodies and exact messages.
    """

    steps: int
    requests: int
    faults: int
    fields: int
    octets: int


@record
class Shrunk:
    """What was taken away from a case: how big it was and is, and how often a case was carried out for it.

    ``minimal``: without any one thing that its oracle does not rest on, it does not show its finding any more. Else
    the search was ended by its bounds, and a smaller case may show it.
    """

    before: Size
    after: Size
    runs: int
    minimal: bool


@record
class Replaced:
    """Secrets of one kind that tokens stand for: how many different ``values`` they were."""

    kind: str
    values: int


@record
class Redaction:
    """What in a case is not as it was seen.

    Tokens stand for the secrets ``replaced``; they have the form of what they stand for, but for what is ``lost``, a
    sentence each. ``own`` are headers that the configuration gives its operation: they are filled in again when the
    case is carried out.
    """

    replaced: tuple[Replaced, ...] = ()
    own: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@record
class Incident:
    """A case as a file that fails while a defect lives and passes once it is mended.

    ``name`` is that of the file without ``.json``. ``tries`` is how often the case is carried out before the defect
    counts as mended: more than once for a race, and for what did not show each time (``ratio``; None: its case was
    not carried out again). ``shrunk`` None: nobody tried to make the case smaller. ``redaction`` None: no secret
    was in the case.
    """

    format: Literal[1] = FORMAT
    name: str
    title: str
    shows: Shows
    origin: Origin
    ratio: Ratio | None = None
    tries: int = 1
    shrunk: Shrunk | None = None
    redaction: Redaction | None = None
    case: Case
