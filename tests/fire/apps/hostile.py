"""A service that means it ill: ``python hostile.py TROUBLE PORT``. On the standard library alone, on raw sockets.

Troubles of ``AT_START`` strike before it is ready. Those of ``ON_CALL`` strike once ``POST /book`` comes; until then,
and on every other route, it is a good service.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

FIRST = 3
"""Calls that are answered well before the trouble strikes: the reference runs."""
GOOD = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"id": "1"}'
LINE = b"x" * 1023 + b"\n"


def serve(port: int, on_call: Callable[[socket.socket], None], on_other: Callable[[socket.socket], None]) -> NoReturn:
    """Serve each connection in a thread, one request on each."""
    with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
        global LISTENER  # noqa: PLW0603 - one trouble closes it
        LISTENER = listener
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                time.sleep(3600)
            threading.Thread(target=served, args=(link, on_call, on_other), daemon=True).start()


LISTENER: socket.socket
CALLS = itertools.count(1)


def served(
    link: socket.socket, on_call: Callable[[socket.socket], None], on_other: Callable[[socket.socket], None]
) -> None:
    """Read one request, answer it or do worse, close."""
    with link:
        try:
            called = request(link).startswith(b"POST /book")
            (on_call if called and next(CALLS) > FIRST else on_other)(link)
        except OSError:
            return


def request(link: socket.socket) -> bytes:
    """Read a request and return it."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = link.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += link.recv(65536) or b" " * int(lengths[0])
    return head


def good(link: socket.socket) -> None:
    """Answer as a good service does."""
    link.sendall(GOOD)


def status(code: int) -> Callable[[socket.socket], None]:
    """Answer with a status."""
    return lambda link: link.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % code)


def endless(start: bytes, more: bytes) -> Callable[[socket.socket], None]:
    """Send ``start``, then ``more`` for ever."""

    def send(link: socket.socket) -> None:
        link.sendall(start)
        while True:
            link.sendall(more)

    return send


def silent(link: socket.socket) -> None:
    """Take the request and never answer."""
    time.sleep(3600)


def closing(link: socket.socket) -> None:
    """Close the connection."""


def dripping(link: socket.socket) -> None:
    """Send a byte of the answer now and then."""
    for place in range(len(GOOD)):
        link.sendall(GOOD[place : place + 1])
        time.sleep(0.4)


def killing(link: socket.socket) -> None:
    """Kill the service."""
    os.kill(os.getpid(), signal.SIGKILL)


def stopping(link: socket.socket) -> None:
    """Stop the service."""
    os.kill(os.getpid(), signal.SIGSTOP)


def eating(link: socket.socket) -> None:
    """Close the listening socket and live on."""
    LISTENER.shutdown(socket.SHUT_RDWR)
    LISTENER.close()


def moving(link: socket.socket) -> None:
    """Listen elsewhere from now on."""
    eating(link)
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        print(f"now at {elsewhere.getsockname()[1]}", flush=True)
        time.sleep(3600)


def flooding(link: socket.socket) -> None:
    """Write 16 MiB to the log, then answer well."""
    block = LINE * 1024
    for _ in range(16):
        os.write(1, block)
    good(link)


def spawning(link: socket.socket) -> None:
    """Leave a daemon behind that ignores SIGTERM, then answer well."""
    daemon()
    good(link)


def multiplying(link: socket.socket) -> None:
    """Leave a process behind that ends and starts itself anew all the time, in sessions of its own; answer well."""
    code = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True:\n"
        "    if os.fork(): os._exit(0)\n"
        "    os.setsid(); time.sleep(0.005)"
    )
    subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True)
    good(link)


def daemon() -> None:
    """Start a process in a session of its own that ignores SIGTERM."""
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
    subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True)


def dies(port: int) -> None:
    """End with a traceback and daemons left behind."""
    for _ in range(3):
        daemon()
    raise LookupError("no such tariff")


def ends_well(port: int) -> None:
    """End at once, with status 0."""


def goes_to_the_background(port: int) -> None:
    """Serve in a daemon and end: what was started is over, and what serves is somebody else."""
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.5)
    serve(port, good, good)


def restarts(port: int) -> None:
    """Start itself anew, again and again."""
    print("starting", flush=True)
    time.sleep(0.05)
    os.execv(sys.executable, [sys.executable, *sys.argv])


def floods_and_never_listens(port: int) -> None:
    """Fill the log, 64 MiB of it, and listen nowhere."""
    block = LINE * 1024
    for _ in range(64):
        os.write(2, block)
    time.sleep(3600)


def never_listens(port: int) -> None:
    """Do nothing, deaf to SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)


def never_accepts(port: int) -> None:
    """Listen and accept nothing."""
    with socket.create_server(("127.0.0.1", port), backlog=1):
        time.sleep(3600)


def stops(port: int) -> None:
    """Be stopped before anything is served."""
    os.kill(os.getpid(), signal.SIGSTOP)


def listens_elsewhere(port: int) -> None:
    """Serve on a port that nobody asked for."""
    serve(0, good, good)


def at_all(trouble: Callable[[socket.socket], None]) -> Callable[[int], None]:
    """Return a service whose every answer is the trouble."""
    return lambda port: serve(port, trouble, trouble)


ANSWERS: dict[str, Callable[[socket.socket], None]] = {
    "garbage": endless(b"\x00\xff\xfe SSH-2.0", b"\x00\xff\n" * 20_000),
    "endless-body": endless(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n", b"[" * 60_000),
    "endless-chunks": endless(
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    ),
    "endless-trailers": endless(
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: yes\r\n" * 4_000
    ),
    "endless-headers": endless(b"HTTP/1.1 201 Created\r\n", b"X-More: yes\r\n" * 4_000),
    "endless-line": endless(b"HTTP/1.1 201 Created\r\nX-More: ", b"y" * 60_000),
    "endless-1xx": endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2_000),
    "closes": closing,
    "silent": silent,
    "drips": dripping,
    "errors": status(500),
}
"""Answers that are none; they strike at the start or on a call."""

AT_START: dict[str, Callable[[int], None]] = {
    "dies": dies,
    "ends-well": ends_well,
    "goes-to-the-background": goes_to_the_background,
    "restarts": restarts,
    "floods": floods_and_never_listens,
    "never-listens": never_listens,
    "never-accepts": never_accepts,
    "stops": stops,
    "listens-elsewhere": listens_elsewhere,
    **{name: at_all(answer) for name, answer in ANSWERS.items()},
}

ON_CALL: dict[str, Callable[[socket.socket], None]] = {
    "good": good,
    "killed": killing,
    "stopped": stopping,
    "eats-its-socket": eating,
    "moves": moving,
    "floods": flooding,
    "spawns": spawning,
    "multiplies": multiplying,
    **ANSWERS,
}

if __name__ == "__main__":
    when, what, where = sys.argv[1:]
    if when == "at-start":
        AT_START[what](int(where))
    else:
        serve(int(where), ON_CALL[what], good)
