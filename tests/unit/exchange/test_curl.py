"""Command lines of curl become the requests that curl sends; what cannot be told is refused with its place."""

from __future__ import annotations

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import assume, given

from harness.exchange.curl import BACKGROUND, read_curl
from harness.model.captures import Capture, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Request, placeholder
from harness.report.byhand import by_hand, setup
from tests.unit.exchange.made import only, requests, source, told

BROWSER = r"""
curl 'https://shop.example/v1/batches?dry=1' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H $'x-quote: it\'s' \
  -H 'cookie: a=1; b=2' \
  -H 'content-type: application/json' \
  --data-raw $'{"source":"crm","note":"caf\u00e9\n"}' \
  --compressed --insecure
"""


def test_what_a_browser_copies_is_the_request_that_it_sent() -> None:
    """Quotes, escapes, continuations; what changes the request and cannot be kept is a loss."""
    assert read_curl(source(BROWSER)) == Capture(
        source="curl",
        exchanges=(
            SeenExchange(
                name="request-1",
                message=Request(
                    method="PUT",
                    target="/v1/batches?dry=1",
                    headers=(
                        ("accept", "*/*"),
                        ("x-quote", "it's"),
                        ("cookie", "a=1; b=2"),
                        ("content-type", "application/json"),
                    ),
                    body='{"source":"crm","note":"café\n"}'.encode(),
                ),
            ),
        ),
        losses=("line 9: --compressed: the Accept-Encoding that curl would add is not sent",),
    )


FORM = ("Content-Type", "application/x-www-form-urlencoded")
URL = "http://h:1/p"


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (f"curl {URL}", Request(method="GET", target="/p")),
        ("curl h", Request(method="GET", target="/")),
        (f"curl -I {URL}#part", Request(method="HEAD", target="/p")),
        ("curl http://h/a/../b/./c?x=/../y", Request(method="GET", target="/b/c?x=/../y")),
        ("curl --path-as-is http://h/a/../b", Request(method="GET", target="/a/../b")),
        (f"curl -d a=1 -d b=2 {URL}", Request(method="POST", target="/p", headers=(FORM,), body=b"a=1&b=2")),
        (f"curl -G -d a=1 -d b=2 '{URL}?c=3'", Request(method="GET", target="/p?c=3&a=1&b=2")),
        (
            f"curl --data-urlencode 'a=b c&' --data-urlencode '=x/y' {URL}",
            Request(method="POST", target="/p", headers=(FORM,), body=b"a=b+c%26&x%2Fy"),
        ),
        (
            f"curl --json '{{}}' --json '[]' {URL}",
            Request(
                method="POST",
                target="/p",
                headers=(("Content-Type", "application/json"), ("Accept", "application/json")),
                body=b"{}[]",
            ),
        ),
        (
            f"curl -sSu me:pass -A agent -e http://r -b a=1 -b b=2 -r 0-9 {URL}",
            Request(
                method="GET",
                target="/p",
                headers=(
                    ("Authorization", "Basic bWU6cGFzcw=="),
                    ("User-Agent", "agent"),
                    ("Referer", "http://r"),
                    ("Range", "bytes=0-9"),
                    ("Cookie", "a=1;b=2"),
                ),
            ),
        ),
        (
            f"curl -XPATCH -H'A:  x' -H 'B;' -H 'Content-Type:' --data-raw '@-' {URL}",
            Request(method="PATCH", target="/p", headers=(("A", "x"), ("B", "")), body=b"@-"),
        ),
        (
            f"printf '\\000\\377%%\\n' | curl -H 'Content-Type:' --data-binary @- {URL}",
            Request(method="POST", target="/p", body=b"\x00\xff%\n"),
        ),
        (
            f"echo -n '{{}}' | curl -d @- -H 'content-type: x/y' {URL}",
            Request(method="POST", target="/p", headers=(("content-type", "x/y"),), body=b"{}"),
        ),
    ],
)
def test_a_line_is_the_request_that_it_says(line: str, request_: Request) -> None:
    """Each option does what it does in curl."""
    assert only(read_curl(source(line))) == request_


def test_lines_of_a_script_share_variables_and_run_side_by_side() -> None:
    """Background lines overlap until the shell waits; an identity that is drawn anew is a symbolic one."""
    text = (
        "# twice at once\nSUT=http://127.0.0.1:8000\n"
        "EVENT_1=$(python3 -c 'import uuid; print(uuid.uuid4())')\n"
        '$ curl -H "Idempotency-Key: $EVENT_1" "$SUT/a" &\ncurl "${SUT}/b" -H "X: ${SUT#*//}" &\nwait\ncurl "$SUT/c" | jq .\n'
    )
    capture = read_curl(source(text))
    assert [(e.message, e.at, e.took) for e in capture.exchanges] == [
        (Request(method="GET", target="/a", headers=(("Idempotency-Key", placeholder(1)),)), 0.0, BACKGROUND),
        (Request(method="GET", target="/b", headers=(("X", "127.0.0.1:8000"),)), 0.0, BACKGROUND),
        (Request(method="GET", target="/c"), 1.0, 0.0),
    ]
    assert capture.losses == (
        "line 7: what becomes of the output ('jq') is left out",
        "command lines tell no times: what is not in the background comes one after the other",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "seen: no curl command stands here"),
        ("curl", "seen:1:1: no URL stands in this line"),
        ("curl a b", "seen:1:8: two URLs stand in this line: give each its own line"),
        ("curl \\\n  'http://h", "seen:2:3: this ' is never closed"),
        ('curl "http://h', 'seen:1:6: this " is never closed'),
        ("curl $'http", "seen:1:7: this $' is never closed"),
        ("curl -H", "seen:1:6: -H needs a word behind it"),
        ("curl --proto-redir x h", "seen:1:6: the option --proto-redir is not understood"),
        ("curl -sSZ h", "seen:1:6: the option -Z is not understood"),
        ("curl -d @body.json h", "seen:1:9: the body lies in a file"),
        ("curl -H 'no header' h", "seen:1:9: expected a header such as 'Name: value'"),
        ("curl -H $'A: b\\nC: d' h", "seen:1:9: expected a header such as 'Name: value'"),
        ("curl -b jar.txt h", "seen:1:9: the cookies lie in a file"),
        ("curl 'http://h/[1-3]'", "seen:1:6: curl makes several requests of [] and {} in a URL"),
        ("curl ftp://h/x", "seen:1:6: expected a URL such as"),
        ("curl 'http://h/a b'", "seen:1:6: a URL holds no blank and no control character"),
        ('curl "$HOST/x"', "seen:1:7: $HOST has no value here"),
        ("curl $(cat x)", "seen:1:6: what a command prints is not known here"),
        ("curl h > out", "seen:1:8: '>' needs a shell"),
        ("cat x | curl -d @- h", "seen:1:1: what this prints is not known here"),
        ("rm -rf x", "seen:1:1: 'rm' is no curl command: leave it out"),
        ("curl h ^\n -X POST", "seen:1:8: this was copied for the command line of Windows: copy it for bash"),
        ('curl ^"http://h^"', "seen:1:6: this was copied for the command line of Windows: copy it for bash"),
        (b"curl h\n\xff", "seen:2:1: byte 0xff is not UTF-8"),
    ],
)
def test_what_only_a_shell_could_tell_is_refused_with_its_place(text: str | bytes, why: str) -> None:
    """Nothing is guessed, and nothing is carried out."""
    with pytest.raises(ScenarioError) as refused:
        read_curl(source(text))
    assert [line[: len(why)] for line in told(refused.value)] == [why]


@given(requests())
def test_our_own_commands_are_read_back_as_the_request_that_they_send(request: Request) -> None:
    """What a report shows by hand is the message; only what curl cannot say is left to another tool."""
    line = by_hand(request, b"", {}, ()).line
    assume(" curl " in f" {line}")
    script = "\n".join((*setup((line,)), line))
    assert only(read_curl(source(script))) == request


LINES = [
    "curl -s -d a=1 -d 'b=2 3' --data-urlencode 'c=d e&' {url}/x",
    "curl -s -G --data-urlencode 'q=a b' '{url}/x?y=1'",
    "curl -s --json '{{\"a\": 1}}' {url}/a/../b",
    "curl -s -u me:pass -e http://r -b a=1 -b b=2 {url}/",
    "curl -s -X DELETE --path-as-is {url}/a/../b",
    "curl -s -H 'A: b' -H 'Empty;' -H 'Accept:' -A '' {url}",
    "curl -s --data-raw $'a\\u00e9\\n' -H 'Content-Type:' {url}/x#y",
]


@pytest.mark.server
@pytest.mark.parametrize("line", LINES)
def test_the_real_curl_sends_what_was_read(line: str) -> None:
    """Method, target, body and every field that the line stands for are those of curl itself."""
    seen: list[Request] = []

    class Listening(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append(Request(method=self.command, target=self.path, headers=tuple(self.headers.items()), body=body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "DELETE"):
        setattr(Listening, f"do_{method}", Listening._any)
    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        text = line.format(url=f"http://127.0.0.1:{server.server_port}")
        done = subprocess.run(["bash", "-c", text.replace("curl ", "curl --noproxy '*' ", 1)], check=False, timeout=20)
        thread.join(20)
    read = only(read_curl(source(text)))
    (sent,) = seen
    own = {"host", "user-agent", "accept", "content-length"} - {name.lower() for name, _ in read.headers}
    fields = {(name.lower(), value) for name, value in sent.headers if name.lower() not in own}
    assert (done.returncode, read.method, read.target, read.body) == (0, sent.method, sent.target, sent.body)
    assert {(name.lower(), value) for name, value in read.headers} == fields
