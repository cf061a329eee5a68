"""The command of a finding sends what the harness sent: run in a real shell against a real socket."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import uuid
from contextlib import suppress

import pytest

from harness.model.messages import HOST_PLACEHOLDER, Chunk, Ending, Request, Wire, placeholder
from harness.report.byhand import by_hand, setup
from harness.report.quoting import bytes_expression, printf_format, quoted

NASTY = 'it\'s "$HOME" `id` \\n %s ! * \N{EURO SIGN}'
EVENT = placeholder(1)


class Listener:
    """Takes connections, keeps every byte of the last one, answers 204 when a whole message is there."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.data = b""
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        connection.settimeout(0.4)
        with connection:
            with suppress(TimeoutError, ConnectionResetError):
                while piece := connection.recv(65536):
                    self.data += piece
            with suppress(OSError):  # the client may have reset or closed its side, as the message says
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        """Wait for the connection's end, then stop listening."""
        self.thread.join(10)
        self.socket.close()


def sent_by(message: Request | Wire) -> bytes:
    """Run the message's command in a shell; return the bytes that arrived."""
    listener = Listener()
    command = by_hand(message, b"", {}, ())
    lines = setup((command.line,))
    script = "\n".join([*lines, command.line]).replace("http://127.0.0.1:8000", f"http://127.0.0.1:{listener.port}")
    done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=30, check=False)
    listener.close()
    assert b"rror" not in done.stderr or isinstance(message, Wire), done.stderr
    return listener.data.replace(f"127.0.0.1:{listener.port}".encode(), HOST_PLACEHOLDER)


def parsed(data: bytes) -> tuple[str, set[str], bytes]:
    """Return first line, header lines without those that every curl adds, and body."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, {line for line in lines if not line.startswith(("User-Agent:", "Accept: */*", "Host:"))}, body


JSON = ("Content-Type", "application/json")
REQUESTS = {
    "json": Request(method="POST", target="/v1/batches", headers=(JSON,), body=f'{{"a": "{NASTY}"}}'.encode()),
    "no media type": Request(method="POST", target="/v1/batches", body=b"{}"),
    "empty body": Request(method="POST", target="/v1/batches", headers=(JSON,)),
    "not UTF-8": Request(method="PUT", target="/a", headers=(JSON,), body=b'{"a": "\xe9\x00%\\d\r\n"}'),
    "a leading at sign": Request(method="POST", target="/a", headers=(JSON,), body=b"@/etc/hostname"),
    "nesting": Request(method="POST", target="/a", headers=(JSON,), body=b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "empty header": Request(method="GET", target="/a?b={c}[1-3]&d='e'", headers=(("Idempotency-Key", ""),)),
    "dots": Request(method="DELETE", target="/a/../b/%2e", headers=(("X-A", "1"), ("X-A", "2"))),
    "GET with a body": Request(method="GET", target="/", headers=(JSON,), body=b"{}"),
}


@pytest.mark.server
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("name", REQUESTS)
def test_curl_sends_the_request(name: str) -> None:
    """The curl line sends the method, the target, exactly the headers and exactly the body."""
    request = REQUESTS[name]
    lines = {f"{key}: {value}" if value else f"{key}:" for key, value in request.headers}
    if request.body or request.method in ("POST", "PUT"):
        lines.add(f"Content-Length: {len(request.body)}")
    assert "curl" in by_hand(request, b"", {}, ()).line
    assert parsed(sent_by(request)) == (f"{request.method} {request.target} HTTP/1.1", lines, request.body)


HEAD = b"POST /a HTTP/1.1\r\nHost: " + HOST_PLACEHOLDER
WIRES = {
    "no end of the head": Wire(chunks=(Chunk(data=HEAD + b"\r\nX: '\"\\\x00\xff"),), ending=Ending.HALF_CLOSE),
    "a pause": Wire(chunks=(Chunk(data=HEAD), Chunk(data=b"\r\n\r\n", pause=0.1))),
    "a close": Wire(chunks=(Chunk(data=HEAD + b"[" * 5000),), ending=Ending.CLOSE),
}


@pytest.mark.server
@pytest.mark.parametrize("name", WIRES)
def test_socket_sends_exact_bytes(name: str) -> None:
    """What curl cannot say goes out byte for byte, with the ending that the case has."""
    assert sent_by(WIRES[name]) == WIRES[name].data


@pytest.mark.server
def test_headers_that_curl_would_change() -> None:
    """Two Content-Type lines, bytes above ASCII: sent as exact bytes, not through curl."""
    request = Request(method="POST", target="/a", headers=(JSON, ("Content-Type", "text/\xe9")), body=b"{}")
    assert sent_by(request) == (
        HEAD + b"\r\nContent-Type: application/json\r\nContent-Type: text/\xe9\r\nContent-Length: 2\r\n\r\n{}"
    )


@pytest.mark.server
def test_one_identity_in_every_command() -> None:
    """The event's identity is a shell variable, set once and fresh, so that two commands are the same event."""
    request = Request(
        method="POST", target="/a", headers=(("Idempotency-Key", EVENT), JSON), body=f'"{EVENT}"'.encode()
    )
    command = by_hand(request, b"", {}, ()).line
    assert '-H "Idempotency-Key: $EVENT_1"' in command
    _, lines, body = parsed(sent_by(request))
    key = next(line for line in lines if line.startswith("Idempotency-Key")).removeprefix("Idempotency-Key: ")
    assert uuid.UUID(key) != uuid.UUID(EVENT)
    assert body == f'"{key}"'.encode()


def test_bytes_of_the_history() -> None:
    """Where the plan does not hold the message, the bytes that were sent are turned into the same command."""
    data = b"POST /a HTTP/1.1\r\nHost: x\r\nIdempotency-Key: 0123-4\r\nContent-Length: 2\r\n\r\n{}"
    command = by_hand(None, data, {"0123-4": 2}, ())
    assert command.line == (
        "curl -sS -i \"$SUT/a\" -H \"Idempotency-Key: $EVENT_2\" -H 'Content-Type:' --data-binary '{}'"
    )


def test_secrets_stay_out() -> None:
    """A command holds no secret, and says that one is missing."""
    request = Request(method="POST", target="/a?token=abc", headers=(("Authorization", "Bearer abc"),), body=b"{}")
    command = by_hand(request, b"", {}, ()).line
    assert "abc" not in command
    assert setup((command,))[-1] == "# [redacted] stands for a secret that was left out: put it back first"


def test_no_command_says_why() -> None:
    """A message too long to paste has no command, and the report says so."""
    noise = bytes((n * n * 7 + n // 3) % 251 for n in range(9000))
    assert "use the repeat command" in by_hand(Request(method="POST", target="/a", body=noise), b"", {}, ()).why_not
    assert "only the beginning" in by_hand(None, b"x" * 65_536, {}, ()).why_not


@pytest.mark.parametrize("text", ["", NASTY, "a'b", "'", "-n", "\n"])
def test_shell_word(text: str) -> None:
    """A quoted word is one word of a shell and means itself."""
    done = subprocess.run(["sh", "-c", f"printf '[%s]' {quoted(text)}"], capture_output=True, check=True)
    assert done.stdout.decode() == f"[{text}]"


def test_printf_and_python() -> None:
    """Every byte survives printf and Python's source."""
    data = bytes(range(256)) + b"ab" * 100 + b"'" * 30
    assert eval(bytes_expression(data)) == data
    done = subprocess.run(["sh", "-c", f"printf {quoted(printf_format(data))}"], capture_output=True, check=True)
    assert done.stdout == data
