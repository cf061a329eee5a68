"""What a real browser saves as HAR is read as what it really sent: its own server is the witness."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.exchange.documents import Source
from harness.exchange.har import read_har
from harness.model.messages import Request

pytestmark = [pytest.mark.server, pytest.mark.browser]

SENDS = """async (url) => {
    const json = {'Content-Type': 'application/json', 'Idempotency-Key': 'order-4711'};
    for (const body of [JSON.stringify({source: 'café'}), new URLSearchParams({a: 'b c'}), new Uint8Array([255, 0])]) {
        await (await fetch(url + '/v1/batches?x=%20', {method: 'POST', headers: json, body})).text();
    }
}"""


class Witness(BaseHTTPRequestHandler):
    """Writes down what it is sent."""

    seen: list[tuple[str, str, bytes]]

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.command, self.path, body))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>here")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def witness() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """Serve until the test is over; yield where, and what was sent."""
    seen: list[tuple[str, str, bytes]] = []
    own = type("Own", (Witness,), {"seen": seen, "do_GET": Witness._any, "do_POST": Witness._any})
    with ThreadingHTTPServer(("127.0.0.1", 0), own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


def test_a_real_browser_s_har_is_what_it_sent(
    chromium: Any, witness: tuple[str, list[tuple[str, str, bytes]]], tmp_path: Path
) -> None:
    """Method, target and body of each request are those that the server saw; bytes that HAR cannot hold are missing."""
    url, sent = witness
    file = tmp_path / "saved.har"
    context = chromium.new_context(record_har_path=file)
    page = context.new_page()
    page.goto(f"{url}/page")
    page.evaluate(SENDS, url)
    context.close()
    capture = read_har(Source(file="saved.har", data=file.read_bytes()))
    posts = [e for e in capture.exchanges if isinstance(e.message, Request) and e.message.method == "POST"]
    read = [(e.message.method, e.message.target, e.message.body) for e in posts if isinstance(e.message, Request)]
    told = [each for each in sent if each[0] == "POST"]
    assert read == [*told[:2], (*told[2][:2], b"")]
    assert [e.missing for e in posts] == [(), (), ("body",)]
    assert all(e.answer is not None and e.answer.body == b"<p>here" for e in posts)
