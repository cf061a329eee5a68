"""The command line as a process of its own, in surroundings that a test chooses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PATIENCE = 120.0
"""Seconds after which a command counts as hanging."""

Said = tuple[int, str, str]
"""Exit code, standard output, standard error."""


def harness(*words: str, env: Mapping[str, str] | None = None, before: str = "") -> Said:
    """Run ``harness`` with ``words`` in the current directory; ``before`` is Python that its process runs first."""
    code = f"{before}\nimport sys\nfrom harness.cli import main\nsys.argv[0] = 'harness'\nmain({list(words)!r})"
    return said([sys.executable, "-c", code], env)


def shell(script: str, env: Mapping[str, str] | None = None) -> Said:
    """Run a script of the shell in the current directory; ``$H`` in it is the harness."""
    return said(["sh", "-c", script.replace("$H", f"'{sys.executable}' -m harness")], env)


def said(command: list[str], env: Mapping[str, str] | None = None) -> Said:
    """Run a command, with ``env`` on top of ours; return how it ended."""
    done = subprocess.run(
        command,
        env={**os.environ, "NO_COLOR": "1", **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout, done.stderr


SERVICE = """\
import json


def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["REQUEST_METHOD"] == "POST":
        try:
            json.loads(body)
        except ValueError:
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [b"{}"]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b'{"ok": true}']
"""
"""A service without a dependency that does what its operation promises."""
SMALL = """\
format: 1
service: {app: "shop:app", server: wsgi, ready: GET /ready, start_timeout: 20s}
operations:
  create: {request: POST /things, json: {a: 1}}
"""
FEW = "format: 1\nfamily: malformed-payload\ntitle: “few” – é\nentries: [MJ01]\n"


def write_small(directory: Path) -> None:
    """Write a project that runs in a second or two, in which nothing is wrong."""
    (directory / "scenarios").mkdir()
    for name, text in (("harness.yaml", SMALL), ("shop.py", SERVICE), ("scenarios/malformed.yaml", FEW)):
        (directory / name).write_text(text, encoding="utf-8")
