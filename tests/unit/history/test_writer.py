"""The recorder that writes: every event a line on disk at once, and no secret in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import FakeClock
from harness.history.directory import HISTORY, create, load_run, read_history, write_whole
from harness.history.writer import HistoryWriter
from harness.model.errors import RunDirectoryError
from harness.model.events import Event, LogLine, Sent
from harness.model.services import Configuration, Operation, Route, Server, Service
from harness.model.steps import Phase
from harness.redaction.records import redacted

SENT = Sent(
    case="a",
    exchange=1,
    label="one",
    phase=Phase.BASELINE,
    operation="create",
    event=0,
    data=b"POST / HTTP/1.1\r\nAuthorization: Bearer abcdefgh\r\n\r\n",
)


def test_an_event_is_on_disk_when_it_is_recorded(tmp_path: Path) -> None:
    """Nothing waits in a buffer for the end of the run."""
    with HistoryWriter(tmp_path / HISTORY, clock=FakeClock(5)) as writer:
        event = writer.record("service", LogLine(stream="log", text="hello"))
        assert list(read_history(tmp_path)) == [event]
        assert event == Event(source="service", count=1, at=5, what=LogLine(stream="log", text="hello"))
        assert writer.take() == (event,)
        assert writer.take() == ()


def test_no_secret_reaches_the_disk(tmp_path: Path) -> None:
    """Credentials are replaced before an event is written, and in the event that is handed back."""
    with HistoryWriter(tmp_path / HISTORY, clock=FakeClock()) as writer:
        writer.record("client", SENT)
    text = (tmp_path / HISTORY).read_text()
    assert ("abcdefgh" in text, "Authorization: [redacted]" in text) == (False, True)


def test_the_configuration_is_redacted_as_a_whole() -> None:
    """Secrets in an example's headers and body and in the environment are replaced; everything else stays."""
    operation = Operation(
        name="create",
        route=Route(method="POST", path="/"),
        headers=(("Authorization", "Bearer abcdefgh"), ("X-A", "b")),
        json={"password": "p", "values": ["a"]},
    )
    service = Service(server=Server.GUNICORN, env={"API_TOKEN": "t", "DATABASE_URL": "postgresql://u:pw@db/x"})
    clean = redacted(Configuration(file="h", service=service, operations=(operation,)), ())
    assert clean.operations[0].headers == (("Authorization", "[redacted]"), ("X-A", "b"))
    assert clean.operations[0].json == {"password": "[redacted]", "values": ["a"]}
    assert clean.service.env == {"API_TOKEN": "[redacted]", "DATABASE_URL": "postgresql://u:[redacted]@db/x"}


def test_a_last_line_that_a_crash_cut_is_left_out(tmp_path: Path) -> None:
    """What was written whole before the crash is read; the half line is not taken for an event."""
    with HistoryWriter(tmp_path / HISTORY, clock=FakeClock()) as writer:
        event = writer.record("service", LogLine(stream="log", text="whole"))
    with (tmp_path / HISTORY).open("a") as file:
        file.write('{"source":"service","count":2')
    assert list(read_history(tmp_path)) == [event]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """A line in the middle that is no event is an error with its number."""
    (tmp_path / HISTORY).write_text('{"source": 1}\n')
    with pytest.raises(RunDirectoryError, match=r"history\.jsonl:1 is broken"):
        list(read_history(tmp_path))


def test_a_full_disk_ends_the_run_with_a_message(tmp_path: Path) -> None:
    """A write that fails is told at the next look, and does not raise into the middle of a case."""
    with HistoryWriter(Path("/dev/full"), clock=FakeClock()) as writer:
        writer.record("service", LogLine(stream="log", text="x"))
        with pytest.raises(RunDirectoryError, match="No space left on device"):
            writer.take()


def test_a_run_of_another_format_is_refused_by_name(tmp_path: Path) -> None:
    """A directory of a later version says which format it has."""
    write_whole(tmp_path / "run.json", '{"format": 2}')
    with pytest.raises(RunDirectoryError, match="has format 2; this version reads format 1"):
        load_run(tmp_path)


def test_a_directory_with_a_run_in_it_is_not_written_over(tmp_path: Path) -> None:
    """A second run never lands on top of the first."""
    write_whole(tmp_path / "run.json", "{}")
    with pytest.raises(RunDirectoryError, match="holds a run already"):
        create(tmp_path)
