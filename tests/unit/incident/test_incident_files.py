"""An incident file says one case and what it must show; it is read back equal, or refused with its place."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.incident.reading import load_incident, load_incidents
from harness.incident.taken import taken, tries_of
from harness.incident.written import written
from harness.model.cases import Instance
from harness.model.errors import ScenarioError
from harness.model.faults import Fault
from harness.model.gates import Ratio
from harness.model.incidents import Incident, Origin, Redaction, Replaced, Shows
from harness.model.steps import Arm, KillWorker, Load, Meanwhile, Prepare, Together
from harness.model.verdicts import Severity
from harness.verdict import Group
from tests.unit.report.made import CASES, FOUND, PLAN, RUN

GROUPS = tuple(Group(fingerprint=f.fingerprint, finding=f, witnesses=(f.case,)) for f in FOUND)
TAKEN = taken(RUN, PLAN, GROUPS)
FIRST = TAKEN[0]


def test_a_finding_becomes_its_smallest_case_and_what_it_must_show() -> None:
    """Name, finding and origin come from the run; the case is that of the plan."""
    found = FOUND[0]
    assert replace(FIRST, case=CASES[0]) == Incident(
        name=f"d01-create-batch-doubled-effect-{found.fingerprint[:6]}",
        title=f"{FIRST.case.title}: {found.symptom}",
        shows=Shows(
            fingerprint=found.fingerprint,
            check=found.check,
            severity=Severity.CRITICAL,
            symptom=found.symptom,
            happened=found.happened,
            expected=found.expected,
        ),
        origin=Origin(
            run="20250102-030405-7",
            seed=7,
            finished="2025-01-02T03:05:05Z",
            target="gunicorn 27.0.1, 2 workers x 4 threads",
            harness="0.1.0",
        ),
        tries=FIRST.tries,
        redaction=Redaction(replaced=(Replaced(kind="value under a secret name", values=1),)),
        case=CASES[0],
    )
    assert FIRST.case == next(case for case in PLAN.cases if case.id == found.case)


def test_what_happens_at_the_same_instant_is_tried_more_often() -> None:
    """A race that does not show once is not mended."""
    finding = FOUND[0]
    case = next(case for case in PLAN.cases if case.id == finding.case)
    racing = replace(case, steps=(Together(sends=case.sends()), *case.steps))
    plans = (PLAN, replace(PLAN, cases=(racing,)))
    plain = replace(PLAN, cases=(replace(case, steps=case.sends()),))
    assert [taken(RUN, plan, GROUPS[:1])[0].tries for plan in (plain, plans[1])] == [1, 5]


def test_tries_follow_from_how_often_a_finding_was_seen() -> None:
    """What shows rarely is tried more often; what showed each time, and is no race, once."""
    ratios = (None, Ratio(seen=4, of=4), Ratio(seen=3, of=4), Ratio(seen=1, of=4), Ratio(seen=1, of=99))
    assert [tries_of(ratio, racing=False) for ratio in ratios] == [1, 1, 5, 12, 50]
    assert [tries_of(ratio, racing=True) for ratio in ratios] == [5, 3, 5, 12, 50]


def test_the_ratio_of_a_finding_is_kept() -> None:
    """Whoever reads the file sees where its tries come from."""
    (incident,) = taken(RUN, PLAN, [replace(GROUPS[0], ratio=Ratio(seen=1, of=4))])
    assert (incident.ratio, incident.tries) == (Ratio(seen=1, of=4), 12)


@pytest.mark.parametrize("incident", TAKEN, ids=lambda incident: incident.name)
def test_what_is_written_is_read_back_equal(incident: Incident, tmp_path: Path) -> None:
    """The file holds the whole incident, is JSON, ends in a line feed, and writing it again gives the same bytes."""
    text = written(incident)
    file = tmp_path / f"{incident.name}.json"
    file.write_text(text)
    assert load_incident(file) == incident
    assert (written(load_incident(file)), text[-2:], list(json.loads(text))[:2]) == (text, "}\n", ["format", "name"])


def test_an_act_within_an_act_is_read_back_equal(tmp_path: Path) -> None:
    """What happens in the middle of a load has acts of its own, under the very name that tells what a step is."""
    message = FIRST.case.sends()[0].message
    fault = Fault(id="slow", dependency="ledger", kind="late", settings={"delay": 0.5})
    meanwhile = (Meanwhile(at=1.0, act=Arm(fault=fault)), Meanwhile(at=2.0, act=KillWorker()))
    load = Load(label="load", operation="create_batch", message=message, rate=5.0, seconds=3.0, meanwhile=meanwhile)
    incident = replace(FIRST, case=replace(FIRST.case, steps=(load,)))
    file = tmp_path / NAME
    file.write_text(written(incident))
    assert load_incident(file) == incident


def test_what_was_before_is_read_back_equal(tmp_path: Path) -> None:
    """Rows, variables and the clock are of the case."""
    steps = (Prepare(statements=("INSERT INTO a VALUES (1);", "DELETE FROM b")), *FIRST.case.steps)
    instance = Instance(env={"MODE": "old"}, clock="2028-02-29T12:00:00Z")
    incident = replace(FIRST, case=replace(FIRST.case, steps=steps, instance=instance))
    file = tmp_path / NAME
    file.write_text(written(incident))
    assert load_incident(file) == incident


def test_a_header_keeps_to_its_line() -> None:
    """A review shows a changed header as one changed line."""
    assert '      ["Content-Type", "application/json"],' in written(FIRST).splitlines()


def refusal(file: Path) -> str:
    with pytest.raises(ScenarioError) as refused:
        load_incidents((file,))
    return str(refused.value).replace(str(file.parent), "DIR")


def _with(instance: Instance) -> str:
    """Return the text of the first incident, whose service has to be this before."""
    return written(replace(FIRST, case=replace(FIRST.case, instance=instance)))


TEXT = written(FIRST)
NAME = f"{FIRST.name}.json"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT[:200], f"DIR/{NAME}:7:12: the file is no whole JSON"),
        ("", f"DIR/{NAME}:1:1: the file is no whole JSON"),
        ("[]", f"DIR/{NAME}: this version of the harness reads incidents of format 1, not None"),
        (
            TEXT.replace('"format": 1', '"format": 2'),
            f"DIR/{NAME}: this version of the harness reads incidents of format 1, not 2",
        ),
        (
            TEXT.replace('"entry": "D01"', '"entry": 7'),
            f"DIR/{NAME}:30:12: case.entry: Input should be a valid string",
        ),
        (
            TEXT.replace('"check"', '"chekc"'),
            f"DIR/{NAME}:5:11: shows.check: Field required\nDIR/{NAME}:7:12: shows.chekc: Unexpected keyword argument",
        ),
        (TEXT.replace(f'"name": "{FIRST.name}"', '"name": "other"'), "but the incident in it 'other': rename the file"),
        (TEXT.replace("application/json", "\u20ac"), "each character of a request's head is one byte (latin-1)"),
        (
            TEXT.replace('"case"', '"tries": 0,\n "case"').replace('"tries": 5,', ""),
            f"DIR/{NAME}: tries: it is carried out from 1 to 1000 times, not 0",
        ),
        (
            _with(Instance(clock="2028-02-30T12:00:00Z")),
            "case.instance.clock: '2028-02-30T12:00:00Z' is no moment: expected ISO 8601 with its offset, as in ",
        ),
        (
            _with(Instance(clock="2028-02-29 12:00")),
            "case.instance.clock: '2028-02-29 12:00' is no moment: ",
        ),
        (_with(Instance(env={"A-B": ""})), "case.instance.env: 'A-B' cannot be the name of an environment variable"),
        (_with(Instance(env={"A": "\0"})), "case.instance.env: the variable A cannot hold a NUL"),
    ],
    ids=[
        "cut",
        "empty",
        "a list",
        "of the future",
        "a number for a text",
        "misspelt",
        "renamed",
        "no byte",
        "no tries",
        "no day",
        "no offset",
        "no variable",
        "no value",
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    """What is wrong, and where; never a pass."""
    file = tmp_path / NAME
    file.write_text(text)
    assert told in refusal(file)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """A directory is read whole before anything is refused; an empty one guards nothing and says so."""
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text("{")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScenarioError) as refused:
        load_incidents((tmp_path, tmp_path / "none.json", tmp_path / "empty"))
    files = [Path(problem.file).name for problem in refused.value.problems]
    assert files == ["empty", "a.json", "b.json", "none.json"]


@given(st.integers(0, len(TEXT) - 1), st.text(max_size=3), st.integers(0, 40))
def test_a_damaged_file_is_read_or_refused(at: int, put: str, gone: int) -> None:
    """Cut, overwritten or stuffed anywhere: an incident, or a refusal that names the file; nothing else, ever."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / NAME
        file.write_text(TEXT[:at] + put + TEXT[at + gone :], encoding="utf-8", errors="surrogatepass")
        assert refused_in(file) <= {str(file)}


def refused_in(file: Path) -> set[str]:
    """Return the files that a refusal names; none where the file is read."""
    try:
        load_incidents((file,))
    except ScenarioError as refused:
        return {problem.file for problem in refused.problems}
    return set()
