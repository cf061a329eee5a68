"""What the middleware may cost: memory, files, and never the service."""

from __future__ import annotations

import gc
import logging
import os
import tracemalloc
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from harness.middleware import Recorder
from harness.middleware.files import Shelf
from harness.model.messages import Request

from .stage import answering, asked, captured, captures, environ_of

MIB = 1024 * 1024


def test_large_and_many_requests_stay_within_the_bound_and_lose_no_byte(tmp_path: Path) -> None:
    """60 requests of 256 KiB, streamed both ways, leave less than the bound in memory; the client gets all of each."""
    piece = bytes(8 * 1024)

    def app(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        stream = environ["wsgi.input"]
        start("200 OK", [])
        while data := stream.read(len(piece)):
            yield bytes(data)

    recorder = Recorder(app, tmp_path, last=1000, body=128 * 1024, memory=2 * MIB)
    asked(recorder)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(60):
            assert len(asked(recorder, environ_of(body=piece * 32))[1]) == 256 * 1024
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert recorder.held <= 2 * MIB
    assert grown < 2.5 * MIB


def test_what_is_larger_than_its_bound_is_cut_and_said(tmp_path: Path) -> None:
    """The beginning of a body is kept, and the capture says how much there was; the client has all of it."""
    recorder = Recorder(answering("200 OK", b"abc", b"defg", b"h"), tmp_path, body=5)
    assert asked(recorder, environ_of(body=b"0123456789"))[1] == b"abcdefgh"
    capture = captured(recorder)
    seen = capture.exchanges[0]
    assert isinstance(seen.message, Request)
    assert (seen.message.body, seen.answer and (seen.answer.body, seen.answer.clipped)) == (b"01234", (b"abcde", True))
    assert capture.losses[3:] == (
        "'request-1': its body has 10 bytes, of which 5 are here",
        "'request-1': its answer has 8 bytes, of which 5 are here",
    )


def test_requests_that_find_no_room_are_served_and_counted(tmp_path: Path) -> None:
    """While everything in memory is at work a further request is not recorded, and the capture says so."""
    recorder = Recorder(answering("200 OK", b"fine", read=False), tmp_path, memory=8000)
    held = [recorder(environ_of(path=f"/{number}"), lambda *_: lambda _: None) for number in range(4)]
    assert asked(recorder)[1] == b"fine"
    assert [b"".join(each) for each in held] == [b"fine"] * 4
    assert recorder.counts.unseen == 3
    assert "3 requests since the start found no room in memory and were not recorded" in captured(recorder).losses


def test_threads_at_once_are_all_told(tmp_path: Path) -> None:
    """Sixteen threads record 400 requests: none is lost, none twice, and the books on memory are right."""
    recorder = Recorder(answering("200 OK", b"x" * 1000), tmp_path, last=400, memory=64 * MIB)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: asked(recorder, environ_of(path=f"/{number}")), range(400)))
    seen = captured(recorder).exchanges
    assert {each.message.target for each in seen if isinstance(each.message, Request)} == {
        f"/{number}" for number in range(400)
    }
    assert recorder.held == sum(exchange.account.held for exchange in recorder._ring.seen())


def test_a_storm_of_errors_writes_one_file(tmp_path: Path) -> None:
    """Errors that come too near to one another have no file of their own; they are counted, and still in the ring."""
    recorder = Recorder(answering("500 Oops"), tmp_path, every=60.0)
    for _ in range(50):
        asked(recorder)
    assert recorder.wait()
    assert (len(list(captures(tmp_path))), recorder.counts.left_out) == (1, 49)
    assert "49 further errors came too near to another one for a file of their own" in captured(recorder).losses


def test_the_oldest_files_make_way(tmp_path: Path) -> None:
    """Number and bytes of the captures stay within their bounds; what others put there is not touched."""
    (tmp_path / "notes.json").write_text("{}")
    shelf = Shelf(tmp_path, files=3, disk=100)
    paths = [shelf.put(b"x" * 30) for _ in range(5)]
    assert sorted(tmp_path.iterdir()) == [*paths[2:], tmp_path / "notes.json"]
    last = shelf.put(b"y" * 80)
    assert sorted(tmp_path.iterdir()) == [last, tmp_path / "notes.json"]
    with pytest.raises(OSError, match="a capture of 101 bytes is more than the 100 bytes that may lie here"):
        shelf.put(b"z" * 101)
    assert last.exists()


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails in the middle leaves nothing behind, for nobody else to read."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Shelf(tmp_path, files=3, disk=100).put(b"half")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_harms_no_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A failure to write is counted each time and logged once; the service answers as ever."""
    taken = tmp_path / "a file"
    taken.write_text("")
    recorder = Recorder(answering("500 Oops", b"as ever"), taken, every=0.0)
    with caplog.at_level(logging.WARNING, logger="harness.middleware"):
        for _ in range(3):
            assert asked(recorder)[1] == b"as ever"
            assert recorder.wait()
    assert (recorder.counts.failures, recorder.counts.written, len(caplog.records)) == (3, 0, 1)
    assert "the service goes on" in caplog.text


def test_a_child_process_begins_anew(tmp_path: Path) -> None:
    """After a fork nothing of the parent is held, and nothing that it was doing keeps the child from writing."""
    recorder = Recorder(answering(), tmp_path)
    asked(recorder, environ_of(path="/parent"))
    recorder._scribe._writing = 1
    child = os.fork()
    if child == 0:
        asked(recorder, environ_of(path="/child"))
        os._exit(0 if recorder.write() and recorder.wait(1.0) else 1)
    assert os.waitpid(child, 0)[1] == 0
    (capture,) = captures(tmp_path)
    assert [seen.message.target for seen in capture.exchanges if isinstance(seen.message, Request)] == ["/child"]


def test_an_application_that_never_answers_holds_no_other_request_back(tmp_path: Path) -> None:
    """A server that forgets to close its responses fills no memory beyond the bound."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        return [b"x" * 1000]

    recorder = Recorder(app, tmp_path, memory=100_000)
    for _ in range(500):
        recorder(environ_of(), lambda *_: lambda _: None)
    assert recorder.held <= 100_000
    assert recorder.counts.unseen > 0
