"""The middleware between a server and an application: seen by nobody, and what it saw is what was there."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from harness.middleware import Recorder
from harness.model.captures import SeenExchange
from harness.model.messages import Answer, Request

from .stage import answering, asked, captured, captures, environ_of

HEADERS = (("Host", "shop.test"),)
PLAIN = (("Content-Type", "text/plain"),)


def _without_times(seen: Iterable[SeenExchange]) -> list[SeenExchange]:
    return [replace(each, at=0.0, took=0.0) for each in seen]


def test_importing_it_costs_nothing_but_the_standard_library() -> None:
    """A service that is recorded does not load the harness: no pydantic, no Flask, no client, no other room."""
    code = (
        "import sys; before = set(sys.modules); import harness.middleware\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('harness.')}\n"
        "print(sorted(new), sorted(rooms))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "['harness'] ['door', 'middleware']\n"


def test_an_error_is_written_with_what_was_asked_and_answered(tmp_path: Path) -> None:
    """A 5xx becomes a file that reads as a capture: the request before it as well, in the order of the starts."""
    recorder = Recorder(answering("201 Created", b"made"), tmp_path)
    body = b'{"a": 1}'
    more = {"CONTENT_TYPE": "application/json", "QUERY_STRING": "n=1", "HTTP_X_REQUEST_ID": "r-17"}
    asked(recorder, environ_of(body=body, **more))
    recorder._app = answering("503 Down", b"no", b"pe")
    asked(recorder, environ_of("GET", "/a b\u00e9"))
    assert recorder.wait()
    (capture,) = captures(tmp_path)
    first = Request(
        method="POST",
        target="/things?n=1",
        headers=(*HEADERS, ("Content-Type", "application/json"), ("X-Request-Id", "r-17")),
        body=body,
    )
    second = Request(method="GET", target="/a%20b%E9", headers=HEADERS)
    assert (capture.source, _without_times(capture.exchanges)) == (
        "middleware",
        [
            SeenExchange(
                name="r-17", message=first, answer=Answer(status=201, reason="Created", headers=PLAIN, body=b"made")
            ),
            SeenExchange(
                name="request-2", message=second, answer=Answer(status=503, reason="Down", headers=PLAIN, body=b"nope")
            ),
        ],
    )
    assert capture.losses == (
        f"the process {os.getpid()} alone was watched: what others of the service did meanwhile is not here",
        "header fields of the requests are as WSGI keeps them: without their case, their order and their repeats",
        capture.losses[2],
    )


def test_what_goes_well_writes_nothing(tmp_path: Path) -> None:
    """Answers below 500 leave no file, and the counts say so."""
    recorder = Recorder(answering("404 Not Found", b"?"), tmp_path / "none")
    asked(recorder)
    assert recorder.wait()
    assert (recorder.counts.written, (tmp_path / "none").exists()) == (0, False)


def test_another_predicate_decides_what_is_written(tmp_path: Path) -> None:
    """A service may take something else for an error; a predicate that breaks harms nobody and is counted."""
    recorder = Recorder(answering("409 Conflict"), tmp_path, when=lambda exchange: exchange.status == 409)
    asked(recorder)
    assert recorder.wait()
    broken = Recorder(answering("200 OK", b"fine"), tmp_path, when=lambda exchange: bool(1 / 0))
    assert asked(broken)[1] == b"fine"
    assert (recorder.counts.written, broken.counts.failures, broken.counts.written) == (1, 1, 0)


def test_an_exception_passes_unchanged_and_is_written(tmp_path: Path) -> None:
    """Whatever the application raises, when it is called or in the middle of its answer, reaches the server itself."""
    error = KeyError("lost")

    def at_once(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise error

    def late(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", list(PLAIN))
        yield b"half"
        raise error

    for number, app in enumerate((at_once, late)):
        recorder = Recorder(app, tmp_path / str(number))
        with pytest.raises(KeyError) as raised:
            asked(recorder)
        assert raised.value is error
        assert recorder.wait()
    told = [next(captures(tmp_path / str(number))).exchanges[0] for number in range(2)]
    assert [(seen.answer, seen.log) for seen in told] == [
        (None, ("KeyError was raised and passed on to the server",)),
        (
            Answer(status=200, reason="OK", headers=PLAIN, body=b"half", complete=False),
            ("KeyError was raised and passed on to the server",),
        ),
    ]


def test_both_sides_keep_the_rules_of_wsgi(tmp_path: Path) -> None:
    """The validator of the standard library finds no fault with the middleware, as a server and as an application."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        read = environ["wsgi.input"].read(3) + environ["wsgi.input"].readline()
        read += b"".join(environ["wsgi.input"].readlines()) + b"".join(iter(environ["wsgi.input"]))
        start("200 OK", [("Content-Type", "text/plain")])
        return [read]

    recorder = Recorder(validator(app), tmp_path)
    assert asked(validator(recorder), environ_of(body=b"abcdef\nghi\njkl"))[1] == b"abcdef\nghi\njkl"
    (seen,) = captured(recorder).exchanges
    assert seen.message == Request(method="POST", target="/things", headers=HEADERS, body=b"abcdef\nghi\njkl")


def test_a_body_that_nobody_reads_stays_unread(tmp_path: Path) -> None:
    """What the application leaves is left, and the capture says how much was not seen."""
    recorder = Recorder(answering("200 OK", read=False), tmp_path)
    environ = environ_of(body=b"never read")
    stream = environ["wsgi.input"]
    asked(recorder, environ)
    capture = captured(recorder)
    assert (stream.tell(), capture.exchanges[0].message) == (
        0,
        Request(method="POST", target="/things", headers=HEADERS),
    )
    assert capture.losses[3:] == (
        "'request-1': the service read 0 of the 10 bytes of its body; the others were not seen",
    )


def test_every_way_to_read_is_seen_once(tmp_path: Path) -> None:
    """readinto, read1 and iteration are noted as read is; what the stream lacks the application finds lacking."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        stream, room = environ["wsgi.input"], bytearray(4)
        count = stream.readinto(room)
        taken = bytes(room[:count]) + stream.read1(2) + b"".join(stream)
        start("200 OK", [])
        return [taken, b" ", str(hasattr(stream, "unheard_of")).encode()]

    recorder = Recorder(app, tmp_path)
    assert asked(recorder, environ_of(body=b"0123456789\n"))[1] == b"0123456789\n False"
    assert captured(recorder).exchanges[0].message == Request(
        method="POST", target="/things", headers=HEADERS, body=b"0123456789\n"
    )


def test_an_answer_keeps_its_pieces_its_length_and_its_close(tmp_path: Path) -> None:
    """The server gets every piece as it is made, can ask how many there are where it could, and its close arrives."""

    class Pieces(list[bytes]):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    made = Pieces([b"a", b"", b"bc"])

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", list(PLAIN))
        return made

    def streamed(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", list(PLAIN))
        yield from (b"a", b"bc")

    recorder = Recorder(app, tmp_path)
    given = recorder(environ_of(), lambda *_: lambda _: None)
    assert (len(given), list(given), made.closed) == (3, [b"a", b"", b"bc"], 0)  # type: ignore[arg-type]
    given.close()  # type: ignore[attr-defined]
    assert made.closed == 1
    recorder._app = streamed
    assert not hasattr(recorder(environ_of(), lambda *_: lambda _: None), "__len__")
    assert asked(recorder)[1] == b"abc"


def test_the_old_way_of_writing_is_seen_and_works(tmp_path: Path) -> None:
    """What goes through write() comes before the pieces, for the client and in the capture."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", list(PLAIN))(b"first ")
        return [b"second"]

    recorder = Recorder(app, tmp_path)
    assert asked(recorder)[1] == b"first second"
    answer = captured(recorder).exchanges[0].answer
    assert answer == Answer(status=200, reason="OK", headers=PLAIN, body=b"first second")


def test_a_second_thought_about_the_status_stands(tmp_path: Path) -> None:
    """start_response called again with the exception at hand is passed on as it was, and the last status is kept."""
    handed: list[Any] = []

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", list(PLAIN))
        try:
            [].pop()
        except IndexError:
            start("500 Oops", list(PLAIN), sys.exc_info())
        return [b"sorry"]

    def start(*given: Any) -> Any:
        handed.append([type(each).__name__ for each in given])
        return lambda _: None

    recorder = Recorder(app, tmp_path)
    b"".join(recorder(environ_of(), start))
    assert handed == [["str", "list"], ["str", "list", "tuple"]]
    assert recorder.wait()
    answer = next(captures(tmp_path)).exchanges[0].answer
    assert answer == Answer(status=500, reason="Oops", headers=PLAIN, body=b"sorry")


def test_a_file_goes_out_as_the_server_sends_files(tmp_path: Path) -> None:
    """The server gets its own wrapper, which it may hand to the kernel; the capture says that it saw no bytes."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", list(PLAIN))
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](io.BytesIO(b"in a file"))
        return wrapped

    recorder = Recorder(app, tmp_path)
    environ = environ_of() | {"wsgi.file_wrapper": FileWrapper}
    assert isinstance(recorder(environ, lambda *_: lambda _: None), FileWrapper)
    capture = captured(recorder)
    assert capture.exchanges[0].answer == Answer(status=200, reason="OK", headers=PLAIN, clipped=True)
    assert "'request-1': the body of its answer was sent from a file by the server, unseen" in capture.losses


def test_the_answer_to_head_has_no_body(tmp_path: Path) -> None:
    """What a server strips from the answer to HEAD is no part of it, and its length says nothing of a cut."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "7")])
        return [b"striped"]

    recorder = Recorder(app, tmp_path)
    asked(recorder, environ_of("HEAD"))
    answer = captured(recorder).exchanges[0].answer
    assert answer == Answer(status=200, reason="OK", headers=(("Content-Length", "7"),))


def test_an_answer_that_is_left_in_the_middle_is_not_whole(tmp_path: Path) -> None:
    """A client that goes away makes the server close early: the answer is told as far as it went."""

    def app(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", list(PLAIN))
        yield b"a"
        yield b"b"

    recorder = Recorder(app, tmp_path)
    given = recorder(environ_of(), lambda *_: lambda _: None)
    assert next(iter(given)) == b"a"
    given.close()  # type: ignore[attr-defined]
    capture = captured(recorder)
    assert capture.exchanges[0].answer == Answer(status=200, reason="OK", headers=PLAIN, body=b"a", complete=False)


def test_requests_that_overlap_are_told_with_their_times(tmp_path: Path) -> None:
    """Two at the same time overlap in the capture; one that is still at work is in it, and said to be."""
    inside, leave = threading.Barrier(3), threading.Event()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        inside.wait(10)
        leave.wait(10)
        start("200 OK", list(PLAIN))
        return [b"ok"]

    recorder = Recorder(app, tmp_path)
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(asked, recorder, environ_of(path=f"/{number}")) for number in range(2)]
        inside.wait(10)
        early = captured(recorder)
        leave.set()
        for each in both:
            each.result(10)
    first, second = captured(recorder).exchanges
    assert second.at < first.at + first.took
    assert [seen.answer for seen in early.exchanges] == [None, None]
    assert early.losses[3:] == tuple(
        f"'request-{number}': it was still at work when this was written" for number in (1, 2)
    )


def test_the_last_requests_stay_and_the_skipped_are_not_there(tmp_path: Path) -> None:
    """The ring holds as many as it was told; probes do not push real requests out of it."""
    recorder = Recorder(answering(), tmp_path, last=3, skip=("/healthz",))
    for number in range(5):
        asked(recorder, environ_of(path=f"/{number}"))
        asked(recorder, environ_of(path="/healthz"))
    targets = [seen.message.target for seen in captured(recorder).exchanges if isinstance(seen.message, Request)]
    assert targets == ["/2", "/3", "/4"]


def test_no_secret_reaches_the_disk(tmp_path: Path) -> None:
    """Headers, targets and bodies of both directions hold tokens instead: the same one for the same secret."""
    secret = "hunter2hunter2"

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        start("500 Oops", [("Set-Cookie", f"session={secret}")])
        return [f'{{"access_token": "{secret}"}}'.encode()]

    body = f'{{"password": "{secret}", "pin": "{secret}"}}'.encode()
    more = {"HTTP_AUTHORIZATION": f"Bearer {secret}", "QUERY_STRING": f"api_key={secret}"}
    recorder = Recorder(app, tmp_path, secrets=("pin",))
    asked(recorder, environ_of(body=body, **more))
    assert recorder.wait()
    (file,) = tmp_path.iterdir()
    assert secret not in file.read_text()
    (seen,) = next(captures(tmp_path)).exchanges
    assert isinstance(seen.message, Request)
    token = json.loads(seen.message.body)["password"]
    assert (len(token), seen.message.body) == (14, body.replace(secret.encode(), token.encode()))
    assert (dict(seen.message.headers)["Authorization"], seen.message.target) == (
        f"Bearer {token}",
        f"/things?api_key={token}",
    )
    assert seen.answer is not None
    assert (seen.answer.headers, seen.answer.body) == (
        (("Set-Cookie", f"session={token}"),),
        f'{{"access_token": "{token}"}}'.encode(),
    )


def test_what_still_holds_a_secret_is_left_out(tmp_path: Path) -> None:
    """A secret in a form that cannot be replaced keeps its exchange out of the file, which says so, and no other one."""
    packed = gzip.compress(b'{"password": "hunter2hunter2"}')
    recorder = Recorder(answering("200 OK", packed), tmp_path)
    assert asked(recorder)[1] == packed
    recorder._app = answering("200 OK", b"harmless")
    asked(recorder)
    capture = captured(recorder)
    assert [each.answer and each.answer.body for each in capture.exchanges] == [b"harmless"]
    assert capture.losses[3:] == (
        "'request-1' is not here: in a form that cannot be replaced it still holds a value under a secret name",
    )


def test_an_unusual_server_is_served_unrecorded(tmp_path: Path) -> None:
    """An environ that lacks what it has to have is the application's to deal with: the request is counted, not lost."""
    recorder = Recorder(answering("200 OK", b"served", read=False), tmp_path)
    environ = environ_of()
    del environ["REQUEST_METHOD"]
    assert (asked(recorder, environ)[1], recorder.counts.failures) == (b"served", 1)


def test_a_signal_writes_what_is_held(tmp_path: Path) -> None:
    """SIGUSR2 asks for a capture, and a handler that was there before is called as well."""
    recorder, called = Recorder(answering(), tmp_path), []
    before = signal.signal(signal.SIGUSR2, lambda *_: called.append(True))
    try:
        recorder.write_on_signal()
        asked(recorder)
        os.kill(os.getpid(), signal.SIGUSR2)
        for _ in range(500):
            if recorder.counts.written:
                break
            threading.Event().wait(0.01)
    finally:
        signal.signal(signal.SIGUSR2, before)
    assert ([len(capture.exchanges) for capture in captures(tmp_path)], called) == ([1], [True])
