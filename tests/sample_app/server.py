"""A real gunicorn on the sample app, as a developer would run it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = 20.0  # seconds a server may take to answer


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it is, and its log."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """End it and its workers."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:  # a worker hangs, which is what some tests provoke
            self.process.kill()
            self.process.wait()

    def lines(self) -> list[dict[str, object]]:
        """Read the terminal log lines so far."""
        rows = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [row for row in rows if row["event"] == "request"]

    def kill_workers(self) -> None:
        """Kill every worker, as the kernel would when memory runs out; the master starts others."""
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)

    def workers(self) -> list[int]:
        """List the pids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


def running_server(environ: dict[str, str], home: Path, app: str = "sample_app:create_app()", *more: str) -> Server:
    """Start gunicorn on a port of the system's choice and wait until it answers; ``more`` are options of gunicorn."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port, log = listener.getsockname()[1], home / "server.log"
    os.set_inheritable(listener.fileno(), True)
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "2", "--threads", "4"]
    command += ["--bind", f"fd://{listener.fileno()}", "--graceful-timeout", "1", *more, app]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(home), **environ},
            stdout=out,
            stderr=out,
            pass_fds=[listener.fileno()],
        )
    listener.close()
    server = Server(port, process, log)
    await_answer(server)
    return server


def await_answer(server: Server) -> None:
    """Poll until the server answers."""
    give_up = time.monotonic() + START
    while time.monotonic() < give_up:
        assert server.process.poll() is None, server.log.read_text()
        answer = exchange(server.port, b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", wait=START)
        if answer.startswith(b"HTTP/1.1 200"):
            return
    raise AssertionError(server.log.read_text())


def exchange(port: int, raw: bytes, *, half_close: bool = False, wait: float = 10.0) -> bytes:
    """Send these bytes and read until the server closes; with ``half_close`` send FIN after them."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(raw)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)
