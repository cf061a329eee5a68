"""What is handed on can be taken in again, says what it lost, and a test for pytest holds its incident whole."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.exchange.capture_files import write_capture
from harness.exchange.curl import read_curl
from harness.exchange.of_case import capture_of
from harness.exchange.pytest_written import write_pytest
from harness.incident.written import written
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.cases import Instance
from harness.model.errors import ScenarioError, UsageError
from harness.model.faults import Fault
from harness.model.incidents import Incident
from harness.model.messages import Answer, Chunk, Request, Wire
from harness.model.steps import Arm, Begin, Clear, Collect, Insist, Kill, Prepare, Send, Settle, Together
from harness.replay.handing import EXPORTS
from harness.report.byhand import script
from harness.runner import export
from tests.unit.exchange.made import requests, source, told
from tests.unit.incident.test_incident_files import FIRST, TAKEN


@given(st.lists(st.tuples(requests(), st.booleans()), min_size=1, max_size=4))
@example([(Request(method="GET", target="/", headers=(("Accept", '^"'),)), False)])  # no command line of Windows
def test_command_lines_are_read_back_as_what_they_were_made_of(sent: list[tuple[Request, bool]]) -> None:
    """The same requests in the same order, those of one group at work together; what is left to Python is said."""
    named = [(f"r{n}", "crowd" if crowd else "", message) for n, (message, crowd) in enumerate(sent)]
    text, losses = script(named)
    said = {loss.partition(":")[0] for loss in losses}
    kept = [(group, message) for name, group, message in named if name not in said]
    if not said:
        seen = read_curl(source(text)).exchanges
        crowd = [message for group, message in kept if group]
        grouped = [e.message for e in seen if e.took]
        assert grouped == (crowd if len(crowd) > 1 else [])
        assert sorted(map(repr, (e.message for e in seen))) == sorted(repr(message) for _, message in kept)


SENDS = tuple(
    Send(label=f"s{n}", operation="create_batch", message=Request(method="GET", target=f"/{n}"), event=1)
    for n in range(5)
)


def test_of_a_case_the_requests_are_kept_and_the_rest_is_said() -> None:
    """Order and overlap stay; faults, acts and repeated tries are no requests."""
    fault = Fault(id="f", dependency="ledger", kind="late", call="POST /entries")
    steps = (
        Prepare(statements=("DELETE FROM a",)),
        Arm(fault=fault),
        SENDS[0],
        Settle(),
        Together(sends=SENDS[1:3]),
        Begin(send=SENDS[3]),
        Kill(what="service"),
        Collect(of="s3"),
        Clear(fault="f"),
        Insist(label="again", operation="create_batch", message=SENDS[4].message, event=1, within=1.0),
    )
    before = Instance(env={"MODE": "old"}, clock="2028-02-29T12:00:00Z")
    assert capture_of(replace(FIRST.case, steps=steps, instance=before)) == Capture(
        source="incident",
        exchanges=tuple(
            SeenExchange(name=name, message=Request(method="GET", target=f"/{n}"), at=at, took=took)
            for n, name, at, took in (
                (0, "s0", 2.0, 0.0),
                (1, "s1", 4.0, 0.001),
                (2, "s2", 4.0, 0.001),
                (3, "s3", 5.0, 2.0),
                (4, "again-1", 9.0, 0.0),
            )
        ),
        losses=(
            "the variable MODE that the service is started with is left out",
            "that the service's clock begins at 2028-02-29T12:00:00Z is left out",
            "what the service's database holds before is left out (1 statements)",
            "the fault late at ledger (POST /entries) is left out",
            "the act 'kill' is left out",
            "'again' asks again and again: its first try stands here",
        ),
    )


@pytest.mark.parametrize("incident", TAKEN, ids=lambda incident: incident.name)
def test_a_test_for_pytest_holds_its_incident_whole(incident: Incident) -> None:
    """It is Python, and what it writes for the replay is the very file."""
    tree = ast.parse(write_pytest(incident).text)
    held = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id != "CONFIG"
    }
    assert held == {"NAME": incident.name, "INCIDENT": written(incident)}


CAPTURE = Capture(
    source="middleware",
    exchanges=(
        SeenExchange(
            name="a",
            message=Request(method="GET", target="/a"),
            answer=Answer(status=200),
            took=0.2,
            calls=(SeenCall(dependency="ledger", request=Request(method="POST", target="/entries")),),
        ),
        SeenExchange(name="b", message=Wire(chunks=(Chunk(data=b"GET"),)), at=0.1, took=0.2),
    ),
)


def test_a_capture_is_handed_on_as_command_lines_that_say_what_they_lost(tmp_path: Path) -> None:
    """What overlapped runs in the background; what curl cannot send goes out by Python."""
    file = tmp_path / "seen.json"
    file.write_text(write_capture(CAPTURE))
    made = export(file, "curl", tmp_path / "seen.sh")
    assert made.losses == (
        "b: curl cannot send this exactly: Python does",
        "command lines hold no answers, calls to dependencies",
    )
    lines = (tmp_path / "seen.sh").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["SUT=http://127.0.0.1:8000", "curl", "python3", "wait"]
    assert [line[-1] for line in lines[1:3]] == ["&", "&"]


@pytest.mark.parametrize(
    ("text", "form", "why"),
    [
        (write_capture(CAPTURE), "pytest", "a capture shows no finding that a test could ask for"),
        ("curl h", "curl", "this begins like curl; an incident or a capture is exported: make one of it first"),
        ("hello", "har", "this begins like none of capture, vcr, har, log, raw, curl"),
        (written(FIRST)[:300], "har", "the file is no whole JSON"),
    ],
)
def test_what_cannot_be_exported_is_refused(text: str, form: str, why: str, tmp_path: Path) -> None:
    """With the file, the place where there is one, and what to do."""
    file = tmp_path / f"{FIRST.name}.json"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        export(file, form, None)
    assert why in told(refused.value)[0]


def without_secret(incident: Incident) -> Incident:
    """Return an incident whose sends carry no header but the type of their body."""
    sends = tuple(replace(send, message=POST) for send in incident.case.sends())
    return replace(incident, case=replace(incident.case, steps=sends))


POST = Request(method="POST", target="/v1/batches", headers=(("Content-Type", "application/json"),), body=b"{}")


def test_where_nothing_can_be_written_another_place_is_asked_for(tmp_path: Path) -> None:
    """Not a trace of a file, and no traceback."""
    file = tmp_path / f"{FIRST.name}.json"
    file.write_text(written(without_secret(FIRST)))
    for form in EXPORTS:
        assert export(file, form, None).text
        with pytest.raises(UsageError, match="name another -o"):
            export(file, form, tmp_path / "none" / "x")


def test_a_secret_is_in_no_export(tmp_path: Path) -> None:
    """Where a file holds one that came there by hand, command lines leave it out and the other forms are refused."""
    secret = ("Authorization", "Bearer 3f2a9c1e7b5d4a6f8e0c")
    signed = replace(POST, headers=(*POST.headers, secret))
    case = replace(FIRST.case, steps=tuple(replace(send, message=signed) for send in FIRST.case.sends()))
    file = tmp_path / f"{FIRST.name}.json"
    file.write_text(written(replace(FIRST, case=case)))
    made = export(file, "curl", None).text
    assert (secret[1] in made, "[redacted]" in made) == (False, True)
    for form in ("har", "pytest"):
        with pytest.raises(ScenarioError, match="still holds what must never be written"):
            export(file, form, None)
