"""The incidents in the repository: mended on the build of today, and each still failing with the defect it came from."""

from __future__ import annotations

import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from harness.incident.reading import load_incidents
from harness.model.cases import Family
from harness.model.exits import Exit
from harness.model.incidents import Incident
from harness.replay.replaying import Came
from sample_app.defects import DEFECTS
from tests.e2e.harness_run import ROOT, command

pytestmark = pytest.mark.server

KEPT = load_incidents([ROOT / "incidents"])
WORDS = ("shuffled", "slowed")


def replay(out: Path, *names: str, defect: str = "", options: tuple[str, ...] = ()) -> CompletedProcess[str]:
    """Replay incidents by their names on the sample app, with a planted defect if one is named."""
    files = [f"incidents/{name}.json" for name in names]
    return command("replay", *files, "-q", "--out", str(out), *options, env={"SAMPLE_APP_DEFECT": defect})


def came(told: str) -> dict[str, str]:
    """Return what became of each incident, by its name."""
    found = re.findall(r"^([a-z ]+): ([a-z0-9-]+): ", told, re.MULTILINE)
    return {name: kind for kind, name in found if kind in set(Came)}


def test_every_kept_incident_is_mended_in_every_way_and_tells_the_same_twice(tmp_path: Path) -> None:
    """R01, R03, R04: none is left out, neither order nor pace decides, and a second replay has the same transcript."""
    done = replay(tmp_path / "one", *(incident.name for incident in KEPT), options=("--every-way", "--seed", "1"))
    assert (done.returncode, "order or pace decides" in done.stdout) == (Exit.PASS, False), done.stdout + done.stderr
    found = came(done.stdout)
    assert set(found.values()) == {"mended"}
    assert {re.sub(rf"-({'|'.join(WORDS)})$", "", name) for name in found} == {incident.name for incident in KEPT}
    assert {word for word in WORDS if any(name.endswith(word) for name in found)} == set(WORDS)
    names = [incident.name for incident in KEPT if incident.case.family is not Family.LOAD]
    again = replay(tmp_path / "two", *names, options=("--seed", "2"))
    assert again.returncode == Exit.PASS, again.stdout + again.stderr
    first, second = (cases(tmp_path / run / "transcript.txt") for run in ("one", "two"))
    assert second == {name: first[name] for name in second}
    assert {name.partition("/")[0] for name in second} == set(names)


def cases(transcript: Path) -> dict[str, str]:
    """Return the part of each case of a transcript by its id."""
    parts = re.split(r"^== (\S+): .*\n", transcript.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: told.strip() for name, told in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("incident", KEPT, ids=lambda incident: incident.origin.run)
def test_a_kept_incident_fails_with_its_defect(incident: Incident, tmp_path: Path) -> None:
    """R02, R04: its origin names the defect, and the recorded finding is there again, at another pace, too.

    A race may need all of its tries, and has them here once.
    """
    assert incident.shows.check == DEFECTS[incident.origin.run].check
    ways = ("--every-way",) if incident.tries == 1 else ()
    done = replay(tmp_path / "run", incident.name, defect=incident.origin.run, options=("--seed", "1", *ways))
    names = {incident.name, f"{incident.name}-slowed"} if ways else {incident.name}
    assert (done.returncode, came(done.stdout)) == (Exit.FAIL, dict.fromkeys(names, "still failing")), done.stderr


def test_there_is_an_incident_of_every_family() -> None:
    """Each family has one at least, a race among them."""
    assert {incident.case.family for incident in KEPT} == set(Family) - {Family.REFERENCE}
    assert any(step.act == "together" for incident in KEPT for step in incident.case.steps)
