"""Where an instance runs: a port, a directory of its own, its environment, its logs."""

from __future__ import annotations

import dataclasses
import os
import socket
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from harness.model.errors import TargetError
from harness.model.records import record
from harness.model.services import Service

HOST = "127.0.0.1"


@record
class Place:
    """One instance's surroundings. ``descriptor`` is a bound, inheritable socket on ``port`` (-1: there is none).

    ``tmp`` is the instance's own directory; it and both logs lie in ``scratch``, which all instances of a run share.
    """

    port: int
    descriptor: int
    scratch: str
    tmp: str
    stdout: Path
    stderr: Path
    environment: Mapping[str, str]

    @property
    def logs(self) -> tuple[Path, ...]:
        """The files of both streams."""
        return (self.stdout, self.stderr)


def prepare(service: Service, env: Mapping[str, str], logs: Path, name: str) -> Place:
    """Bind a free loopback port and lay out the surroundings of instance ``name``."""
    directory(service)
    logs = logs.resolve()
    logs.mkdir(parents=True, exist_ok=True)
    listener = socket.socket()
    listener.bind((HOST, 0))
    listener.set_inheritable(True)
    port: int = listener.getsockname()[1]
    tmp = tempfile.mkdtemp(prefix=f"{name}-", dir=logs)
    return Place(
        port=port,
        descriptor=listener.detach(),
        scratch=str(logs),
        tmp=tmp,
        stdout=logs / f"{name}.stdout.log",
        stderr=logs / f"{name}.stderr.log",
        environment=environment(service, env, tmp),
    )


def rebound(place: Place) -> Place:
    """Return ``place`` with a fresh socket on its port, which what ran there has left; TargetError: somebody has it.

    SO_REUSEADDR: connections of the killed server may still be in TIME-WAIT.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, place.port))
    except OSError as error:
        listener.close()
        raise TargetError(f"port {place.port} cannot be had again: {error.strerror}") from error
    listener.set_inheritable(True)
    return dataclasses.replace(place, descriptor=listener.detach())


def directory(service: Service) -> Path:
    """Return where the service runs; TargetError when that is not a directory."""
    path = Path(service.directory).resolve()
    if not path.is_dir():
        raise TargetError(f"the service's directory {path} does not exist; check `service` in the configuration")
    return path


def environment(service: Service, env: Mapping[str, str], tmp: str) -> dict[str, str]:
    """Return the service's environment: ours, then what keeps loopback direct, then its own, then ``env``.

    A proxy named in our environment must not come between the service and its doubles; and what the service
    prints must reach its log when it prints it.
    """
    excluded = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "127.0.0.1,localhost")))
    quiet = {"NO_PROXY": excluded, "no_proxy": excluded, "PYTHONUNBUFFERED": "1"}
    given = {name: value.replace("{tmp}", tmp) for name, value in {**service.env, **env}.items()}
    return {**os.environ, **quiet, **given}


def version(distribution: str) -> str:
    """Return the installed version of a server; TargetError says how to install a missing one."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError as error:
        raise TargetError(
            f"{distribution} is not installed beside the harness: pip install 'reliability-harness[server]', "
            "or run the service by `command` or `url`"
        ) from error


def counted(number: int, noun: str, several: str = "") -> str:
    """Return ``1 worker``, ``2 workers``; ``several`` is the plural where it is another."""
    return f"{number} {noun}" if number == 1 else f"{number} {several or noun + 's'}"
