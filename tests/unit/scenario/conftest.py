"""The words that the scenarios of these tests may use."""

from __future__ import annotations

import pytest

from harness.model.cases import Family
from harness.model.faults import Fault
from harness.scenario import Vocabulary


def too_late(fault: Fault) -> str:
    """Say that a delay of more than a minute is none."""
    delay = fault.settings.get("delay", 0.0)
    return "nobody waits this long" if isinstance(delay, float) and delay > 60 else ""


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    """Return a small vocabulary: three kinds of faults, two dependencies, two operations."""
    return Vocabulary(
        entries={
            Family.MALFORMED: frozenset({"MJ06", "MJ07", "MS01"}),
            Family.DUPLICATE: frozenset({"D01", "D02", "D14"}),
            Family.TIMEOUT: frozenset({"T01", "T02"}),
            Family.LOAD: frozenset({"L01", "L10"}),
            Family.VERSIONS: frozenset({"R08", "R10", "R11"}),
        },
        faults={
            "late": {"delay": 1.0},
            "status": {"code": 503.0, "retry_after": ""},
            "refused": {},
        },
        durations={"late": frozenset({"delay"})},
        dependencies=frozenset({"ledger", "mail"}),
        calls={"ledger": frozenset({"POST /entries", "GET /entries/{id}"})},
        operations=frozenset({"create_batch", "read_batch"}),
        fault_problem=too_late,
    )
