"""A build of an earlier day: what git keeps of a revision, laid out in a directory of its own.

Nothing is written into the repository: no worktree is registered, no index is touched, so whatever ends the harness
leaves nothing behind there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness.model.errors import TargetError, UsageError
from harness.model.services import Configuration, Server
from harness.targets.place import directory, environment

PATIENCE = 120.0
"""Seconds within which git has to answer, and an import has to say where it comes from."""

_ORIGIN = """
import importlib.util, os, sys
sys.path.insert(0, os.getcwd())
spec = importlib.util.find_spec(sys.argv[1])
print(*([] if spec is None else [spec.origin or "", *(spec.submodule_search_locations or ())]), sep="\\n")
"""


@contextmanager
def build_on(revision: str, configuration: Configuration) -> Iterator[Configuration]:
    """Yield how the build of a revision is started, today's where ``revision`` is empty; errors as :func:`build_of`."""
    if not revision:
        yield configuration
        return
    if configuration.service.server is Server.URL:
        raise UsageError(
            f"{configuration.file} finds the service running, so the build of {revision} cannot be started: name a "
            "configuration that starts it with --config"
        )
    with build_of(revision, configuration) as (_, there):
        yield there


@contextmanager
def build_of(revision: str, configuration: Configuration) -> Iterator[tuple[str, Configuration]]:
    """Yield the revision with its commit, and ``configuration`` with its service as it was then.

    What is laid out for it is gone when the context ends.

    UsageError where there is no git, no repository or no such revision, where the service's directory was not in it,
    or where its application would be imported from elsewhere: both builds would be one.
    """
    here = directory(configuration.service)
    commit = _git(here, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", of=revision)
    top = Path(_git(here, "rev-parse", "--show-toplevel"))
    with tempfile.TemporaryDirectory(prefix="harness-build-") as scratch:
        tree = Path(scratch).resolve() / "tree"
        tree.mkdir()
        env = {"GIT_INDEX_FILE": f"{scratch}/index"}
        _git(top, "read-tree", commit, env=env)
        _git(top, "checkout-index", "--all", "--quiet", f"--prefix={tree}/", env=env)
        there = tree / here.relative_to(top.resolve())
        if not there.is_dir():
            raise UsageError(
                f"{revision} has no directory {here.relative_to(top.resolve())}: the service was not there"
            )
        service = replace(configuration.service, directory=str(there))
        _refuse_elsewhere(replace(configuration, service=service), revision, tree)
        yield f"{revision} ({commit[:12]})", replace(configuration, service=service)


def _git(where: Path, *words: str, of: str = "", env: Mapping[str, str] | None = None) -> str:
    """Return what a git command says; UsageError where it cannot be had. ``of`` is the revision that is asked for."""
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=where,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError as error:
        raise UsageError("--against takes a revision of git, and git is not installed; see --against-config") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"git {words[0]} did not end within {PATIENCE:g} s in {where}") from error
    if done.returncode and of and not done.stderr.strip():
        raise UsageError(f"git knows no revision '{of}' in {where}: is it fetched? a shallow clone lacks old ones")
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise UsageError(f"--against takes a revision of git: git {words[0]} in {where}: {said}")
    return done.stdout.strip()


def _refuse_elsewhere(configuration: Configuration, revision: str, tree: Path) -> None:
    """Raise UsageError where the application of the old build would be imported from outside of its directory."""
    service = configuration.service
    if not service.app:
        return
    name = service.app.partition(":")[0].partition(".")[0]
    done = subprocess.run(
        [sys.executable, "-c", _ORIGIN, name],
        cwd=service.directory,
        env=environment(service, {}, str(tree)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    places = [Path(line).resolve() for line in done.stdout.splitlines() if line and line != "namespace"]
    if done.returncode or not places:
        raise TargetError(f"{revision} has no module '{name}', so that build cannot be started", detail=done.stderr)
    if not any(place.is_relative_to(tree) for place in places):
        raise UsageError(
            f"'{name}' would be imported from {places[0]} in both builds, and not from {revision}: they would be one. "
            "Start the old build from an environment of its own with --against-config"
        )
