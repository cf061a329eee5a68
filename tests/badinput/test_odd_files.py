"""What is no text file of a sensible size is refused by name, at once and within a bound."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config.files import LARGEST

from .project import HARNESS, RIGHT, told

HOW = "name yours with --config, or let 'harness init' write a first one"
COLON = "a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"
BEGIN = "begin it with: format: 1"
PATIENCE = 20.0
"""Seconds within which any file must be refused: generous, since what is caught here would never end."""

BYTES: tuple[tuple[str, bytes, list[str]], ...] = (
    ("an empty file", b"", [f"harness.yaml:1:1: the file is empty; {BEGIN}"]),
    ("blank lines", b"\n\n  \n", [f"harness.yaml:1:1: the file is empty; {BEGIN}"]),
    ("a byte order mark and nothing", b"\xef\xbb\xbf", [f"harness.yaml:1:1: the file is empty; {BEGIN}"]),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0", ["harness.yaml:1:1: byte 0x89 is not UTF-8; save the file as UTF-8 text"]),
    (
        "a program",
        b"\x7fELF\x02\x01\x01",
        ["harness.yaml:1:1: character U+007F cannot stand in YAML text; write it as an escape in double quotes"],
    ),
    (
        "zeros",
        b"\0" * 100,
        ["harness.yaml:1:1: character U+0000 cannot stand in YAML text; write it as an escape in double quotes"],
    ),
    (
        "UTF-16",
        HARNESS.encode("utf-16"),
        ["harness.yaml:1:1: byte 0xff is not UTF-8; save the file as UTF-8 text"],
    ),
    (
        "UTF-16 without its mark",
        HARNESS.encode("utf-16-le"),
        ["harness.yaml:1:2: character U+0000 cannot stand in YAML text; write it as an escape in double quotes"],
    ),
    (
        "latin-1 behind a byte order mark",
        b"\xef\xbb\xbf# \xc3\xbc \xe9\n",
        ["harness.yaml:1:5: byte 0xe9 is not UTF-8; save the file as UTF-8 text"],
    ),
    (
        "a mistake behind a byte order mark",
        b"\xef\xbb\xbf" + HARNESS.replace("format", "fromat").encode(),
        ["harness.yaml:1:1: format: missing", "harness.yaml:1:1: fromat: unknown key; did you mean 'format'?"],
    ),
    (
        "a mistake in a file of DOS",
        HARNESS.replace("watch", "wach").replace("\n", "\r\n").encode(),
        ["harness.yaml:27:1: wach: unknown key; did you mean 'watch'?"],
    ),
    (
        "a bad byte in a file of an old Macintosh",
        HARNESS.replace("\n", "\r").encode() + b"\xff",
        ["harness.yaml:29:1: byte 0xff is not UTF-8; save the file as UTF-8 text"],
    ),
    (
        "a file that is too large",
        b"#" * (LARGEST + 1),
        ["harness.yaml: the file has 1,048,577 bytes; one of more than 1,048,576 is not read"],
    ),
    (
        "lists in lists",
        HARNESS.replace("count: 1", f"count: {'[' * 100_000}").encode(),
        ["harness.yaml:20:95: nested deeper than 64 levels"],
    ),
    (
        "indentation without end",
        "".join(f"{' ' * depth}a:\n" for depth in range(1000)).encode(),
        ["harness.yaml:65:65: nested deeper than 64 levels"],
    ),
    (
        "a key of a megabyte",
        b"a" * (LARGEST - 10) + b": 1",
        [f"harness.yaml:1:1048567: not YAML: {COLON}"],
    ),
    (
        "an alias that grows",
        b"a: &a [x, x]\nb: [*a, *a]\n",
        [
            "harness.yaml:1:1: a: unknown key; the keys here are dependencies, format, not_secret, operations, secrets, service, watch",
            "harness.yaml:1:1: format: missing",
            "harness.yaml:1:1: operations: missing",
            "harness.yaml:1:1: service: missing",
            "harness.yaml:1:4: a: anchors and aliases are not used here; write the value out",
            "harness.yaml:2:1: b: unknown key; the keys here are dependencies, format, not_secret, operations, secrets, service, watch",
            "harness.yaml:2:5: b[0]: anchors and aliases are not used here; write the value out",
            "harness.yaml:2:9: b[1]: anchors and aliases are not used here; write the value out",
        ],
    ),
)
"""What the file holds; every message."""


@pytest.mark.parametrize(("data", "messages"), [row[1:] for row in BYTES], ids=[row[0] for row in BYTES])
def test_odd_bytes_are_told_with_their_place(data: bytes, messages: list[str], project: Path) -> None:
    """Every message, and none that needs more than a moment."""
    (project / "harness.yaml").write_bytes(data)
    begun = time.monotonic()
    assert told() == messages
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_the_files_of_other_editors_are_read(change: Callable[[str], str], project: Path) -> None:
    """Line ends of DOS and a byte order mark change nothing."""
    for name, text in RIGHT.items():
        (project / name).write_bytes(change(text).encode())
    assert told() == []


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


ODD: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    ("a directory", Path.mkdir, "odd.yaml: this is a directory; name a file"),
    ("a pipe", os.mkfifo, "odd.yaml: this is a pipe; name a file"),
    ("a socket", _socket, "odd.yaml: this is a socket; name a file"),
    ("a device", lambda path: path.symlink_to("/dev/zero"), "odd.yaml: this is a device; name a file"),
    ("a link to itself", _loop, "odd.yaml: cannot be read: Too many levels of symbolic links"),
    (
        "a link to nothing",
        lambda path: path.symlink_to("gone"),
        "odd.yaml: this is a link to gone, which is not there",
    ),
)
"""What stands at the path; how it is made; what is told of it."""


@pytest.mark.parametrize(("make", "message"), [row[1:] for row in ODD], ids=[row[0] for row in ODD])
def test_what_is_no_file_is_refused_by_name(make: Callable[[Path], object], message: str, project: Path) -> None:
    """Nothing is waited for, nothing is read without end."""
    make(project / "odd.yaml")
    assert told(config="odd.yaml") == [message]


LONG = "long" * 100
PATHS: tuple[tuple[str, str, str, list[str]], ...] = (
    (
        "another ending",
        "harness.yml",
        "scenarios",
        [f"harness.yml: no such file; {HOW}; did you mean 'harness.yaml'?"],
    ),
    ("a file below a file", "harness.yaml/x", "scenarios", ["harness.yaml/x: cannot be read: Not a directory"]),
    ("a name that is too long", LONG, "scenarios", [f"{LONG}: cannot be read: File name too long"]),
    (
        "a misspelt scenario",
        "harness.yaml",
        "scenarios/laod.yaml",
        ["scenarios/laod.yaml: no such file; name yours with --scenarios; did you mean 'scenarios/load.yaml'?"],
    ),
    (
        "no such directory",
        "harness.yaml",
        "scenario",
        ["scenario: no such file; name yours with --scenarios"],
    ),
    ("a long name of a scenario", "harness.yaml", LONG, [f"{LONG}: cannot be read: File name too long"]),
    ("a directory without a scenario", "harness.yaml", "empty", ["empty: this directory holds no scenario (*.yaml)"]),
    (
        "scenarios of another ending",
        "harness.yaml",
        "other",
        ["other: this directory holds no scenario (*.yaml); rename load.yml to load.yaml"],
    ),
    ("a link to itself", "harness.yaml", "loop", ["loop: cannot be read: Too many levels of symbolic links"]),
)
"""What is wrong with a path; the configuration; the scenarios; every message."""


@pytest.mark.parametrize(("config", "scenarios", "messages"), [row[1:] for row in PATHS], ids=[r[0] for r in PATHS])
def test_a_path_that_leads_nowhere_says_why(config: str, scenarios: str, messages: list[str], project: Path) -> None:
    """The path, why it cannot be read, and the right one where it is near."""
    (project / "empty").mkdir()
    (project / "other").mkdir()
    (project / "other" / "load.yml").write_text(RIGHT["scenarios/load.yaml"], encoding="utf-8")
    _loop(project / "loop")
    assert told(config, scenarios) == messages


WITHOUT_PRIVILEGE = """\
import ctypes, os, sys
for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: even root is asked for permission without them
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.executable, [sys.executable, "-m", "harness", *sys.argv[1:]])
"""


def test_a_file_and_a_directory_that_may_not_be_read(project: Path) -> None:
    """Whose permission is missing is told by name, with exit code 2."""
    (project / "harness.yaml").chmod(0)
    (project / "closed").mkdir(0)
    command = [sys.executable, "-c", WITHOUT_PRIVILEGE, "run", "--list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "harness: harness.yaml: cannot be read: Permission denied\n")
    (project / "harness.yaml").chmod(0o600)
    done = subprocess.run([*command, "--scenarios", "closed"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "harness: closed: cannot be read: Permission denied\n")
