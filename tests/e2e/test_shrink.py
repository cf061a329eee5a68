"""A finding among other things comes down to what it needs, on the real service: it fails there, and passes once mended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.incident.reading import load_incident
from harness.incident.taken import name_of
from harness.incident.written import written
from harness.model.cases import Case, Family
from harness.model.exits import Exit
from harness.model.faults import Fault
from harness.model.incidents import Incident, Origin, Shows, Size
from harness.model.judgements import Finding
from harness.model.steps import Arm, Clear, Settle, Step
from harness.model.verdicts import Severity
from harness.plan.choreography import ACCEPTED, valid
from tests.e2e.harness_run import ROOT, command, run

pytestmark = pytest.mark.server

DEFECT = {"SAMPLE_APP_DEFECT": "no-dedupe"}
FOUND = Finding(
    check="one-effect-per-event",
    case="D01/create_batch/1",
    entry="D01",
    operation="create_batch",
    trouble="duplicate after completion",
    symptom="doubled effect",
    severity=Severity.CRITICAL,
    call="ledger POST /entries",
    happened="",
    expected="",
    why="",
)
SHOWS = Shows(
    fingerprint=FOUND.fingerprint,
    check=FOUND.check,
    severity=FOUND.severity,
    symptom=FOUND.symptom,
    happened="",
    expected="one effect for one event",
)


def among_others() -> Incident:
    """Return an event that is sent again, among five others of which two meet a slow dependency."""
    operation = load_configuration(ROOT / "harness.yaml", "").operation("create_batch")
    slow = [
        Fault(id=f"slow-{n}", dependency="ledger", kind="late", times=1, settings={"delay": 0.02}) for n in range(2)
    ]
    events = (1, 2, 3, 1, 4, 5, 6)
    steps: list[Step] = []
    for place, event in enumerate(events):
        armed = [slow.pop()] if event in (2, 4) else []
        steps += [Arm(fault=each) for each in armed]
        steps += [valid(operation, f"send-{place}", event, expect=ACCEPTED)]
        steps += [Clear(fault=each.id) for each in armed] + [Settle(quiet=0.02)]
    case = Case(
        id=FOUND.case,
        entry=FOUND.entry,
        family=Family.DUPLICATE,
        scenario="duplicate",
        operation=FOUND.operation,
        title="an event again, among others",
        trouble=FOUND.trouble,
        steps=tuple(steps),
    )
    origin = Origin(run="r", seed=1, finished="", target="", harness="")
    return Incident(name=name_of(FOUND), title="doubled", shows=SHOWS, origin=origin, case=case)


def test_a_finding_comes_down_to_what_it_needs(tmp_path: Path) -> None:
    """Seven requests and two faults become two requests; red with the defect, green without, and nothing else is left."""
    incident = among_others()
    file, kept = tmp_path / f"{incident.name}.json", tmp_path / "kept"
    file.write_text(written(incident))
    done = command("incident", "shrink", str(file), "--into", str(kept), "-q", env=DEFECT)
    assert done.returncode == Exit.PASS, done.stdout + done.stderr
    small = load_incident(kept / file.name)
    assert small.shrunk is not None
    assert small.shrunk == replace(
        small.shrunk,
        before=Size(steps=18, requests=7, faults=2, fields=49, octets=364),
        after=Size(steps=4, requests=2, faults=0, fields=10, octets=small.shrunk.after.octets),
        minimal=True,
    )
    assert [send.label for send in small.case.sends()] == ["send-0", "send-3"]
    assert f"2 of 7 requests, 0 of 2 faults, {small.shrunk.after.fields} of 49 fields" in done.stdout
    assert [path.name for path in kept.iterdir()] == [file.name]
    replayed = [
        command("replay", str(kept), "--out", str(tmp_path / name), "-q", env=env)
        for name, env in (("red", DEFECT), ("green", None))
    ]
    assert [(one.returncode, one.stdout.splitlines()[-1].split(":")[0]) for one in replayed] == [
        (Exit.FAIL, "still failing"),
        (Exit.PASS, "mended"),
    ]


def test_a_run_makes_the_findings_that_fail_its_gate_smaller(tmp_path: Path) -> None:
    """The verdict stands before; what was made smaller stays when the run is judged again, for its history is as it was."""
    chosen = ("--scenario", "D01", "--operation", "create_batch", "--reruns", "0", "--seed", "1", "--server", "wsgi")
    ended = run(tmp_path / "run", *chosen, "--shrink", "60", "-q", env=DEFECT)
    assert ended.exit == Exit.FAIL, ended.out + ended.err
    place = tmp_path / "run" / "incidents"
    texts = {file.name: file.read_text() for file in place.iterdir()}
    sizes = [incident.shrunk for incident in map(load_incident, sorted(place.iterdir()))]
    assert [(size.before.requests, size.after.requests) for size in sizes if size] == [(3, 2), (3, 2)]
    checked = command("check", str(tmp_path / "run"), "-q")
    assert (checked.returncode, {file.name: file.read_text() for file in place.iterdir()}) == (Exit.FAIL, texts)
