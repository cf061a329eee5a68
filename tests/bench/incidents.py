"""What it costs to make an incident file of a finding: the CPU of this process, and as a multiple of bare JSON."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from harness.history.directory import save_incidents
from harness.incident.reading import load_incident
from harness.incident.taken import taken
from harness.incident.written import written
from harness.model.codec import to_json
from harness.model.incidents import Incident
from harness.verdict import Group
from tests.bench.pairs import cost, ratio, rounds
from tests.prove.rows import Row
from tests.unit.report.made import FOUND, PLAN, RUN

ROUNDS, EACH = 15, 20
GROUPS = tuple(Group(fingerprint=found.fingerprint, finding=found, witnesses=(found.case,)) for found in FOUND)


def measured() -> list[Row]:
    """Measure from the findings of a judged run to the files, and from a file back to the incident."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        filed(home, 1)
        held = taken(RUN, PLAN, GROUPS)
        files = sorted((home / "incidents").glob("*.json"))
        seconds = rounds(
            {
                "filed": partial(filed, home),
                "bare": partial(dumped, held),
                "laid out": partial(laid_out, held),
                "read": partial(read, files),
            },
            each=EACH,
            count=ROUNDS,
        )
    each = {name: [value / len(held) for value in values] for name, values in seconds.items()}
    return [
        cost("from a finding to its file on disk", each["filed"]),
        cost("from a file to the incident", each["read"]),
        ratio("an incident laid out for review against bare JSON", each["laid out"], each["bare"]),
        ratio("from a finding to its file against bare JSON", each["filed"], each["bare"]),
    ]


def filed(home: Path, times: int) -> None:
    """Make the incidents of all findings and write their files."""
    for _ in range(times):
        save_incidents(home, {incident.name: written(incident) for incident in taken(RUN, PLAN, GROUPS)})


def dumped(incidents: tuple[Incident, ...], times: int) -> None:
    """Write them as bare JSON, a line each."""
    for _ in range(times):
        for incident in incidents:
            to_json(incident)


def laid_out(incidents: tuple[Incident, ...], times: int) -> None:
    """Write their texts."""
    for _ in range(times):
        for incident in incidents:
            written(incident)


def read(files: list[Path], times: int) -> None:
    """Read them back."""
    for _ in range(times):
        for file in files:
            load_incident(file)
