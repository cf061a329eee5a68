"""Outgoing calls: what a watched client sends and gets is told byte by byte, and belongs to the right request."""

from __future__ import annotations

import http.client
import threading
import traceback
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from harness.middleware import Recorder, watch, watched
from harness.model.captures import Capture, SeenCall
from harness.model.messages import Answer, Request, Silence

from .stage import asked, captured, environ_of

pytestmark = pytest.mark.server

_ANSWERS = {
    "/whole": b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmade",
    "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2;x=y\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
    "/continue": b"HTTP/1.1 100 Continue\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
    "/unframed": b"HTTP/1.0 200 OK\r\n\r\nto the end",
    "/nothing": b"",
    "/no-http": b"what?\r\n\r\n",
    "/unavailable": b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}


class Handler(BaseHTTPRequestHandler):
    """Answers with exact bytes, then closes; ``/slow`` never does."""

    protocol_version = "HTTP/1.1"
    gone = threading.Event()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/slow":
            self.gone.wait(5)
        self.wfile.write(_ANSWERS.get(self.path.partition("?")[0], b""))
        self.close_connection = True

    do_GET = do_POST = do_HEAD = _answer  # noqa: N815 - the names are those of the base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Return the address of a dependency."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Handler.gone.set()
    server.shutdown()
    server.server_close()


def _while_serving(directory: Path, act: Callable[[], object], **more: Any) -> Capture:
    """Return the capture of one request in which the service does ``act``."""

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        act()
        start("200 OK", [])
        return [b""]

    recorder = Recorder(app, directory, **more)
    asked(recorder, environ_of())
    return captured(recorder)


def _call(base: str, method: str, path: str, body: bytes = b"", **more: Any) -> SeenCall:
    """Return what is to be told of a call, without its times and header fields."""
    request = Request(method=method, target=path, body=body)
    return SeenCall(dependency=base.removeprefix("http://"), request=request, **more)


def _bare(calls: Iterable[SeenCall]) -> list[SeenCall]:
    """Return the calls without their times and the header fields of the requests, which are the client's own."""
    return [replace(call, at=0.0, took=0.0, request=replace(call.request, headers=())) for call in calls]


def _quietly(act: Callable[[], object]) -> None:
    try:
        act()
    except (OSError, http.client.HTTPException, requests.RequestException, urllib3.exceptions.HTTPError):
        return


def _came(post: Callable[[str, bytes], object], path: str) -> str:
    _quietly(lambda: post(path, b"x=1"))
    return path


def _by_requests(base: str) -> Callable[[str, bytes], object]:
    session = watch(requests.Session())
    return lambda path, body: session.post(base + path, data=body, timeout=0.3)


def _by_urllib3(base: str) -> Callable[[str, bytes], object]:
    manager = watch(urllib3.PoolManager(timeout=0.3, retries=False))
    return lambda path, body: manager.request("POST", base + path, body=body)


def _by_pool(base: str) -> Callable[[str, bytes], object]:
    pool = watch(urllib3.connection_from_url(base, timeout=0.3, retries=False))
    return lambda path, body: pool.request("POST", path, body=body)


def _by_http_client(base: str) -> Callable[[str, bytes], object]:
    made = watched(http.client.HTTPConnection)

    def post(path: str, body: bytes) -> bytes:
        connection = made(base.removeprefix("http://"), timeout=0.3)
        connection.request("POST", path, body=body)
        answer: bytes = connection.getresponse().read()
        return answer

    return post


def _by_urllib(base: str) -> Callable[[str, bytes], object]:
    class Watching(urllib.request.HTTPHandler):
        def http_open(self, request: urllib.request.Request) -> Any:
            return self.do_open(watched(http.client.HTTPConnection), request)

    opener = urllib.request.build_opener(Watching)
    return lambda path, body: opener.open(base + path, data=body, timeout=0.3).read()


@pytest.mark.parametrize("client", [_by_requests, _by_urllib3, _by_pool, _by_http_client, _by_urllib])
def test_every_client_of_http_client_is_seen_alike(
    tmp_path: Path, base: str, client: Callable[[str], Callable[[str, bytes], object]]
) -> None:
    """Answers whole, chunked, cut, without framing or none, and no answer at all: each is told as it came."""
    post = client(base)
    paths = ("/whole", "/chunks", "/continue", "/cut", "/unframed", "/nothing", "/no-http", "/slow")
    capture = _while_serving(tmp_path, lambda: [_came(post, path) for path in paths])
    seen = {call.request.target: call for call in _bare(capture.exchanges[0].calls)}
    close = ("Connection", "close")
    length, chunked = (("Content-Length", "9"),), (("Transfer-Encoding", "chunked"), close)
    made = (("Content-Length", "4"), close)
    assert seen == {
        call.request.target: call
        for call in (
            _call(
                base, "POST", "/whole", b"x=1", answer=Answer(status=201, reason="Created", headers=made, body=b"made")
            ),
            _call(
                base, "POST", "/chunks", b"x=1", answer=Answer(status=200, reason="OK", headers=chunked, body=b"abcde")
            ),
            _call(base, "POST", "/continue", b"x=1", answer=Answer(status=204, reason="No Content", headers=(close,))),
            _call(
                base,
                "POST",
                "/cut",
                b"x=1",
                answer=Answer(status=200, reason="OK", headers=length, body=b"half", complete=False),
            ),
            _call(base, "POST", "/unframed", b"x=1", answer=Answer(status=200, reason="OK", body=b"to the end")),
            _call(base, "POST", "/nothing", b"x=1", silence=Silence.CLOSED),
            _call(
                base,
                "POST",
                "/no-http",
                b"x=1",
                answer=Answer(
                    status=0, body=_ANSWERS["/no-http"].partition(b"\n")[0] + b"\n", complete=False, valid=False
                ),
            ),
            _call(base, "POST", "/slow", b"x=1", silence=Silence.TIMEOUT),
        )
    }


def test_a_refused_connect_is_told_with_its_request(tmp_path: Path) -> None:
    """Nobody listens: the call is there with its reason, and its body is said not to have gone out."""
    session = watch(requests.Session())
    capture = _while_serving(
        tmp_path, lambda: _quietly(lambda: session.post("http://127.0.0.1:1/entries", data=b"x=1"))
    )
    assert _bare(capture.exchanges[0].calls) == [_call("127.0.0.1:1", "POST", "/entries", silence=Silence.REFUSED)]
    lost = "'request-1': the call POST /entries to 127.0.0.1:1: its request was not sent to its end"
    assert lost in capture.losses


def test_an_error_of_a_call_keeps_its_own_story(tmp_path: Path, base: str) -> None:
    """What the service sees of a failed call is what it would see unwatched, down to the innermost frame."""
    stories: list[list[str]] = []

    def act() -> None:
        for made in (http.client.HTTPConnection, watched(http.client.HTTPConnection)):
            connection = made(base.removeprefix("http://"))
            connection.request("GET", "/nothing")
            try:
                connection.getresponse()
            except http.client.RemoteDisconnected as error:
                stories.append([frame.name for frame in traceback.extract_tb(error.__traceback__)])

    _while_serving(tmp_path, act)
    plain, seen = stories
    assert [name for name in seen if name not in ("_ending", "getresponse", "_noted")] == [
        name for name in plain if name != "getresponse"
    ]
    assert plain[-1] == seen[-1] == "_read_status"


def test_every_try_of_a_client_that_tries_again_is_a_call(tmp_path: Path, base: str) -> None:
    """Retries below the session are calls like the first one: the dependency saw each of them."""
    session = requests.Session()
    tries = Retry(total=2, backoff_factor=0, status_forcelist=[503], allowed_methods=None, raise_on_status=False)
    session.mount("http://", HTTPAdapter(max_retries=tries))
    watch(session)
    capture = _while_serving(tmp_path, lambda: session.post(base + "/unavailable", data=b"x=1"))
    assert [call.answer and call.answer.status for call in capture.exchanges[0].calls] == [503, 503, 503]


def test_a_streamed_answer_is_told_as_far_as_it_was_read(tmp_path: Path, base: str) -> None:
    """A service that takes an answer piece by piece gets each as it comes; what it left unread is not told as read."""

    def act() -> None:
        with session.get(base + "/chunks", stream=True) as response:
            assert next(response.iter_content(2)) == b"ab"

    session = watch(requests.Session())
    (call,) = _while_serving(tmp_path, act).exchanges[0].calls
    assert call.answer is not None
    assert call.answer.body.startswith(b"ab")


def test_calls_of_two_requests_at_once_are_kept_apart(tmp_path: Path, base: str) -> None:
    """Each call belongs to the request in whose context it is made, also in a thread that was handed the context."""
    session, inside = watch(requests.Session()), threading.Barrier(2)

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        inside.wait(5)
        with ThreadPoolExecutor(1) as own:
            own.submit(copy_context().run, session.get, f"{base}/whole?{environ['PATH_INFO']}").result(5)
        start("200 OK", [])
        yield b""
        session.get(f"{base}/whole?late{environ['PATH_INFO']}")

    recorder = Recorder(app, tmp_path)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda path: asked(recorder, environ_of(path=path)), ("/1", "/2")))
    told = {
        seen.message.target: [call.request.target for call in seen.calls]
        for seen in captured(recorder).exchanges
        if isinstance(seen.message, Request)
    }
    assert told == {path: [f"/whole?{path}", f"/whole?late{path}"] for path in ("/1", "/2")}


def test_a_call_without_a_context_is_a_loss_that_is_said(tmp_path: Path, base: str) -> None:
    """A thread that was handed nothing makes calls that belong to no request: they are counted."""
    session = watch(requests.Session())

    def act() -> None:
        thread = threading.Thread(target=session.get, args=(base + "/whole",))
        thread.start()
        thread.join(5)

    capture = _while_serving(tmp_path, act)
    assert capture.exchanges[0].calls == ()
    lost = "1 outgoing calls belong to no request: the threads that made them were not handed the context"
    assert lost in capture.losses


def test_dependencies_have_the_names_that_they_were_given(tmp_path: Path, base: str) -> None:
    """A base URL stands for a name; what is large is cut and said, and no secret of a call is written."""
    session = watch(requests.Session())
    headers = {"Authorization": "Bearer hunter2hunter2"}
    capture = _while_serving(
        tmp_path,
        lambda: session.post(base + "/whole", data=b"0123456789" * 30, headers=headers),
        dependencies={"ledger": base},
        body=300,
    )
    (call,) = capture.exchanges[0].calls
    scheme, _, token = dict(call.request.headers)["Authorization"].partition(" ")
    assert (call.dependency, scheme, len(token), token == "hunter2hunter2") == ("ledger", "Bearer", 14, False)
    assert "'request-1': the call POST /whole to " in capture.losses[3]
    assert capture.losses[3].endswith(": its request is not whole here")


def test_what_cannot_be_watched_is_refused() -> None:
    """Watching nothing would look like seeing nothing."""
    with pytest.raises(TypeError, match=r"builtins.object cannot be watched: give a session or an adapter of requests"):
        watch(object())


def test_watching_twice_sees_once(tmp_path: Path, base: str) -> None:
    """A session that is watched twice, or a class, is the same."""
    session = watch(watch(requests.Session()))
    assert watched(watched(http.client.HTTPConnection)) is watched(http.client.HTTPConnection)
    assert len(_while_serving(tmp_path, lambda: session.get(base + "/whole")).exchanges[0].calls) == 1
