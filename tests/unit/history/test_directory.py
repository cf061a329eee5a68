"""A run directory is taken for what it is: whole, of one run, or refused with the place that does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.history.directory import HISTORY, drop_halves, read_history, refuse_mixed, write_whole
from harness.history.writer import HistoryWriter
from harness.model.cases import Plan
from harness.model.errors import RunDirectoryError
from harness.model.events import CaseFinished, CaseStarted, Event, Sent
from harness.model.identities import identity, salted
from harness.model.runs import Run, State
from harness.model.services import Configuration, Server, Service
from harness.model.steps import Phase

SALT = "a salt"


def _written(directory: Path, attempt: int = 1) -> tuple[Event, ...]:
    """Write a history of two sources, and return what was written."""
    sent = Sent(
        case="D01/a",
        exchange=1,
        lane="sut",
        label="first",
        phase=Phase.FAULT,
        operation="book",
        event=1,
        identity=identity(salted(SALT, attempt), "D01/a", 1),
        data=b"GET / HTTP/1.1\r\n\r\n",
        clipped=False,
        size=18,
    )
    with HistoryWriter(directory / HISTORY, clock=SystemClock()) as writer:
        writer.record("harness", CaseStarted(case="D01/a", attempt=attempt))
        writer.record("client", sent)
        writer.record("harness", CaseFinished(case="D01/a"))
        return writer.take()


def _run(*, seed: int = 7, salt: str = SALT) -> Run:
    configuration = Configuration(
        service=Service(server=Server.GUNICORN, app="app:app"), operations=(), file="harness.yaml"
    )
    return Run(
        id="r",
        state=State.COMPLETE,
        started="",
        seed=seed,
        salt=salt,
        harness="1",
        python="3",
        configuration=configuration,
        scenarios=(),
    )


def test_a_history_is_read_as_it_was_written_without_a_line_cut_by_a_crash(tmp_path: Path) -> None:
    """All events in order; the half line at the end is left out, even where it was cut inside a character."""
    written = _written(tmp_path)
    with (tmp_path / HISTORY).open("ab") as file:
        file.write('{"source":"harness","count":3,"what":{"case":"ä'.encode()[:-1])
    assert tuple(read_history(tmp_path)) == written


@pytest.mark.parametrize("changed", ["missing", "twice"])
def test_a_history_with_an_event_missing_or_twice_is_refused_with_its_line(tmp_path: Path, changed: str) -> None:
    """Each source counts its events, so a lost one is seen by the next of the same source."""
    _written(tmp_path)
    first, second, third = (tmp_path / HISTORY).read_text().splitlines()
    lines = {"missing": (second, third), "twice": (first, second, second, third)}[changed]
    (tmp_path / HISTORY).write_text("\n".join(lines) + "\n")
    with pytest.raises(RunDirectoryError) as refused:
        tuple(read_history(tmp_path))
    place, source = {"missing": (2, "'harness' is at its event 2 where 1"), "twice": (3, "'client' is at its event 1")}[
        changed
    ]
    assert f"{HISTORY}:{place} is not whole" in str(refused.value)
    assert source in str(refused.value)


def test_files_of_two_runs_in_one_directory_are_refused(tmp_path: Path) -> None:
    """A plan of another seed, and a history whose identities come from another salt."""
    history = _written(tmp_path)
    plan = Plan(seed=7, cases=(), omissions=())
    refuse_mixed(tmp_path, _run(), plan, history)
    with pytest.raises(RunDirectoryError, match=r"has seed 7, but run\.json has 8"):
        refuse_mixed(tmp_path, _run(seed=8), plan, history)
    with pytest.raises(RunDirectoryError, match="is the history of another run"):
        refuse_mixed(tmp_path, _run(salt="another"), plan, history)


def test_a_case_that_was_carried_out_again_belongs_to_its_run(tmp_path: Path) -> None:
    """Each attempt has identities of its own, made from the run's salt."""
    plan, again = Plan(seed=7, cases=(), omissions=()), _written(tmp_path, attempt=2)
    refuse_mixed(tmp_path, _run(), plan, again)
    with pytest.raises(RunDirectoryError, match="is the history of another run"):
        refuse_mixed(tmp_path, _run(salt="another"), plan, again)


def test_what_a_killed_run_was_writing_is_removed(tmp_path: Path) -> None:
    """A half file is never read, and does not stay."""
    (tmp_path / "plan.json.part").write_text("{")
    (tmp_path / "plan.json").write_text("{}")
    drop_halves(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    """Whatever ends the writing on its way, the old file stands and no half one lies beside it."""
    path = tmp_path / "run.json"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "x" * 100_000 + "\ud800")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("run.json", "old")]
