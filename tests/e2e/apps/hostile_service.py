"""A service that puts hostile text wherever a service can put text: run as ``hostile_service.py PORT``.

It accepts what it should refuse and answers some of it 500, so that everything it says has a way into a report. Raw
sockets and the standard library alone: no server in between calms its bytes.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
TERMINAL = "\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b2J"
FORGED = "\r\n::error::forged\n\nforged line\n# forged heading\n| forged | row |\n```\n~~~\n"
MARKS = "\u202e\u2066\u200b\ufeff\ufffe]]>--></style></title>&lt;%0a%0d@everyone [x](javascript:alert(1))"
HOSTILE = SCRIPT + TERMINAL + FORGED + MARKS
LINE = (SCRIPT + TERMINAL + MARKS).encode("utf-8", "surrogatepass") + b"\xff\xfe\xc0\xaf"
"""What fits in one line of a log; not all of it is UTF-8."""

LEGAL = (SCRIPT + MARKS).encode("utf-8", "surrogatepass") + b"\xff\xfe\xc0\xaf"
"""What HTTP allows in a reason and in a header: no control characters (RFC 9110, 5.5), yet no text to trust."""

LOUD = "x" * 5_000_000
"""A string of 5 MB."""


def main() -> None:
    """Serve until killed."""
    listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def serve(connection: socket.socket) -> None:
    """Answer the requests of one connection."""
    with connection, suppress(OSError):
        connection.settimeout(5)
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                more = connection.recv(65536)
                if not more:
                    return
                data += more
            head, _, data = data.partition(b"\r\n\r\n")
            body, data = rest_of(connection, head, data)
            connection.sendall(answer(head, body))


def rest_of(connection: socket.socket, head: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Return the body by its Content-Length, and what follows."""
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            length = min(int(value), 10_000_000)
    while len(data) < length:
        more = connection.recv(65536)
        if not more:
            break
        data += more
    return data[:length], data[length:]


def answer(head: bytes, body: bytes) -> bytes:
    """Return one answer, and leave hostile lines in both streams of the log."""
    os.write(1, b'{"event": "request", "detail": "' + LINE + b'"}\n')
    os.write(2, b'Traceback (most recent call last):\n  File "' + LINE + b'", line 1\nValueError: ' + LINE + b"\n")
    if head.startswith(b"GET /healthz"):
        return whole(200, {"ok": HOSTILE})
    if head.startswith(b"GET /openapi"):
        return whole(200, openapi())
    if head.startswith(b"GET "):
        return whole(200, {"id": HOSTILE, "said": HOSTILE})
    emit()
    if not body.endswith(b"}"):
        return whole(500, {"detail": HOSTILE + LOUD, "lone": "\ud800"})
    return whole(201, {"id": "1", "said": HOSTILE, SCRIPT: {"lone": "\ud800", "forged": FORGED}})


def emit() -> None:
    """Call the dependency, and another one of its routes that nobody declared."""
    for path in ("/entries", "/%3Cscript%3E?owned=%1b[2J"):
        request = urllib.request.Request(
            os.environ["LEDGER_URL"] + path, data=HOSTILE.encode("utf-8", "replace"), headers={"X-Hostile": SCRIPT}
        )
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(request, timeout=2).read()


def whole(status: int, document: object) -> bytes:
    """Return an answer with a hostile reason and hostile headers."""
    body = json.dumps(document).encode()
    head = b"HTTP/1.1 %d " % status + LEGAL + b"\r\nContent-Type: application/json\r\nX-Hostile: " + LEGAL
    return head + b"\r\nX-Long: " + b"y" * 8000 + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def openapi() -> dict[str, object]:
    """Return a contract whose every name and text is hostile."""
    fields = {
        "source": {"type": "string", "description": HOSTILE, "enum": ["crm", HOSTILE]},
        SCRIPT: {"type": "string"},
    }
    schema = {"type": "object", "required": ["source"], "properties": fields, "title": HOSTILE}
    content = {"application/json": {"schema": schema}}
    post = {
        "summary": HOSTILE,
        "operationId": HOSTILE,
        "requestBody": {"required": True, "content": content},
        "responses": {"201": {"description": HOSTILE}},
    }
    return {"openapi": "3.1.0", "info": {"title": HOSTILE, "version": HOSTILE}, "paths": {"/orders": {"post": post}}}


if __name__ == "__main__":
    main()
