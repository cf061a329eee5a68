"""The entries of the catalogue about incidents: they need two builds or two runs, so tests hold them and no scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

HELD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "R01": ("every incident of the repository on the build of today", ("tests/e2e/test_kept_incidents.py",)),
    "R02": ("every incident of the repository with the defect it came from", ("tests/e2e/test_kept_incidents.py",)),
    "R03": (
        "two replays on one build have one transcript",
        ("tests/e2e/test_kept_incidents.py", "tests/unit/history/test_transcripts.py"),
    ),
    "R04": (
        "in another order and at another pace an incident comes to the same, or that is said",
        ("tests/e2e/test_kept_incidents.py", "tests/unit/replay/test_ways.py", "tests/unit/plan/test_varied.py"),
    ),
    "R05": ("an incident without its secrets still shows what it showed", ("tests/unit/redaction",)),
    "R06": (
        "an incident that was made smaller shows the same, and nothing more can go",
        ("tests/unit/shrink", "tests/e2e/test_shrink.py"),
    ),
    "R07": ("what is imported and exported again is equal where the form can carry it", ("tests/unit/exchange",)),
    "R10": (
        "two builds side by side: only declared changes",
        ("tests/e2e/test_against.py", "tests/unit/history/test_agreed.py", "tests/unit/replay/test_comparing.py"),
    ),
    "R12": ("two releases on one store while a deployment rolls", ("tests/sample_app/test_releases.py",)),
    "R13": (
        "stored by an earlier release, or by a version that nobody knows",
        ("tests/sample_app/test_store_schema.py", "tests/sample_app/test_releases.py"),
    ),
    "R14": (
        "an incident file that is cut, damaged or from the future",
        ("tests/unit/incident/test_incident_files.py", "tests/badinput/test_damaged_files.py"),
    ),
}
"""What each entry does, and the tests that hold it; of those that scenarios run, what these do beyond them."""


def replay_table() -> Iterator[str]:
    """Yield the lines of the table; FileNotFoundError for a test that is not there."""
    yield from ("## replay", "", "| id | what happens | held by |", "| --- | --- | --- |")
    for entry, (title, places) in HELD.items():
        missing = [place for place in places if not (ROOT / place).exists()]
        if missing:
            raise FileNotFoundError(f"{entry} is said to be held by {', '.join(missing)}")
        yield f"| {entry} | {title} | {', '.join(f'`{place}`' for place in places)} |"
