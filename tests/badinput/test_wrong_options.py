"""An option that cannot be honoured ends with 2 and words that say what to give instead; nothing is started or written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.model.exits import Exit

from .commands import harness, shell

EMPTY = "it is empty; is a variable not set?"
TARGET = "cannot be a target: give http://HOST:PORT"
REPLAY = "Usage: harness replay [OPTIONS] [FILES]...\nTry 'harness replay --help' for help.\n\nError: "
RUN = "Usage: harness run [OPTIONS]\nTry 'harness run --help' for help.\n\nError: "

WRONG: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "a misspelt option",
        ("run", "--confg", "x"),
        f"{RUN}No such option '--confg'. (Did you mean one of: '--config', '--json'?)",
    ),
    ("a value left out", ("run", "--config"), "Error: Option '--config' requires an argument."),
    (
        "a misspelt command",
        ("rnu",),
        ("Usage: harness [OPTIONS] COMMAND [ARGS]...\nTry 'harness --help' for help.\n\n"
        "Error: No such command 'rnu'. Did you mean 'run'?"),
    ),
    ("an empty configuration", ("run", "--config", ""), f"{RUN}Invalid value for '--config': {EMPTY}"),
    ("an empty scenario", ("run", "--scenarios", ""), f"{RUN}Invalid value for '--scenarios': {EMPTY}"),
    ("an empty place for the run", ("run", "--out", ""), f"{RUN}Invalid value for '--out': {EMPTY}"),
    ("an empty address", ("run", "--url", ""), f"{RUN}Invalid value for '--url': {EMPTY}"),
    (
        "an empty directory",
        ("check", ""),
        ("Usage: harness check [OPTIONS] DIRECTORY\nTry 'harness check --help' for help.\n\n"
        f"Error: Invalid value for 'DIRECTORY': {EMPTY}"),
    ),
    ("a seed below nothing", ("run", "--seed", "-1"), f"{RUN}Invalid value for '--seed': -1 is not in the range x>=0."),
    (
        "an unknown server",
        ("run", "--server", "gunicron"),
        f"{RUN}Invalid value for '--server': 'gunicron' is not one of 'gunicorn', 'waitress', 'wsgi'.",
    ),
    (
        "a misspelt entry",
        ("run", "--scenario", "MJ1"),
        "harness: no scenario or entry is called 'MJ1' (did you mean 'MJ01'?)",
    ),
    (
        "an entry that nothing resembles",
        ("run", "--scenario", "checkout", "--scenario", "malfromed"),
        ("harness: no scenario or entry is called 'checkout', 'malfromed' (did you mean 'malformed'?); there are: "
        "MJ01, malformed"),
    ),
    (
        "a misspelt operation",
        ("run", "--operation", "creat"),
        "harness: no operation is called 'creat' (did you mean 'create'?)",
    ),
    (
        "a family without a scenario",
        ("run", "--family", "load"),
        "harness: the options select no entry of any scenario: nothing would be run, so nothing could be shown",
    ),
    (
        "TLS",
        ("run", "--url", "https://127.0.0.1:1"),
        f"harness: 'https://127.0.0.1:1' {TARGET}; TLS is not spoken: point the harness at the plain port behind it",
    ),
    (
        "an address with a path",
        ("run", "--url", "http://127.0.0.1:1/api"),
        f"harness: 'http://127.0.0.1:1/api' {TARGET}, without a path: each operation names its own",
    ),
    (
        "an address with a password",
        ("run", "--url", "http://me:hunter2@127.0.0.1:1"),
        (f"harness: 'http://me:[redacted]@127.0.0.1:1' {TARGET}, without a user: credentials stand in the headers of "
        "each operation"),
    ),
    ("a port of its own", ("run", "--url", "8000"), f"harness: '8000' {TARGET}"),
    ("port 0", ("run", "--url", "http://127.0.0.1:0"), f"harness: 'http://127.0.0.1:0' {TARGET}"),
    (
        "an address with an escape of the terminal",
        ("run", "--url", "http://127.0.0.1:1\x1b[2J"),
        f"harness: 'http://127.0.0.1:1\\x1b[2J' {TARGET} (Invalid IPv6 URL)",
    ),
    (
        "another machine",
        ("run", "--url", "http://192.0.2.1:80"),
        ("harness: http://192.0.2.1:80 leads to 192.0.2.1, which is not this machine: the harness breaks what it tests. "
        "If that service is yours to break, say --allow-remote 192.0.2.1"),
    ),
    (
        "two ways at once",
        ("run", "--url", "http://127.0.0.1:1", "--server", "wsgi"),
        "harness: --server starts the service and --url finds it running: give one of them",
    ),
    (
        "two outputs at once",
        ("run", "--json", "--list"),
        f"{RUN}--list, --dry-run and --json each ask for another output: give one of them",
    ),
    ("an empty revision", ("replay", "--against", ""), f"{REPLAY}Invalid value for '--against': {EMPTY}"),
    (
        "two builds to compare with",
        ("replay", "--against", "HEAD", "--against-config", "old.yaml"),
        f"{REPLAY}--against and --against-config each name the other build: give one of them",
    ),
    (
        "declared changes of no comparison",
        ("replay", "--changes", "changes.yaml"),
        f"{REPLAY}--changes is about a comparison: name the other build with --against",
    ),
    (
        "every way of a comparison",
        ("replay", "--every-way", "--against", "HEAD"),
        f"{REPLAY}--every-way is about one build, and --against compares two: give one of them",
    ),
    (
        "nothing to send to two builds",
        ("replay", "--against", "HEAD"),
        ("harness: there is nothing to send: name incidents or answer books, or keep some in incidents and "
        "scenarios/clients"),
    ),
    (
        "declared changes that are not there",
        ("replay", "--against", "HEAD", "--changes", "chnages.yaml"),
        ("harness: chnages.yaml: no such file; name yours with --changes; docs/versions-of-a-service.md shows one; "
        "did you mean 'harness.yaml'?"),
    ),
    (
        "a file as a run",
        ("check", "shop.py"),
        "harness: shop.py is not a whole run directory: run.json is missing; was the run stopped before it began?",
    ),
    ("a file as the place for the run", ("run", "--out", "shop.py"), "harness: shop.py cannot be written: File exists: name another --out"),
    (
        "a place below a file",
        ("run", "--out", "shop.py/run"),
        "harness: shop.py/run cannot be written: Not a directory: name another --out",
    ),
    ("a book that is not there", ("record-client", "v9.yaml"), "harness: v9.yaml: no such file"),
)  # fmt: skip
"""What is wrong; the command line; everything that is said, on standard error."""


@pytest.mark.parametrize(("words", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_an_option_that_cannot_be_honoured_is_told_whole(words: tuple[str, ...], told: str, small: Path) -> None:
    """Exit code 2, every word on standard error, and the directory as it was."""
    before = sorted(os.listdir(small))
    assert harness(*words) == (Exit.USAGE, "", f"{told}\n")
    assert sorted(os.listdir(small)) == before


def test_a_place_that_may_not_be_written(small: Path) -> None:
    """A directory without permission to write is refused before anything is started."""
    (small / "closed").mkdir(0o500)
    told = "harness: closed cannot be written: it is read-only: name another --out\n"
    assert harness("run", "--out", "closed", before=WITHOUT_PRIVILEGE) == (Exit.USAGE, "", told)


def test_a_load_without_its_extra(small: Path) -> None:
    """Locust is missed before the service is started, and not after minutes of running."""
    (small / "scenarios" / "load.yaml").write_text("format: 1\nfamily: load\nentries: [L01]\n", encoding="utf-8")
    told = (
        "harness: a load needs Locust, which is not installed: pip install 'reliability-harness[load]', or leave the "
        "load out by naming the other families with --family\n"
    )
    assert harness("run", "--out", "out", before="import sys\nsys.modules['locust'] = None") == (Exit.USAGE, "", told)
    assert not (small / "out").exists()
    listed = harness("run", "--list", before="import sys\nsys.modules['locust'] = None")
    assert (listed[0], listed[2]) == (Exit.PASS, "")


@pytest.mark.parametrize("server", ["gunicorn", "waitress"])
def test_a_server_without_its_extra(server: str, small: Path) -> None:
    """The server that is not installed is named with the command that installs it."""
    told = (
        f"harness: {server} is not installed beside the harness: pip install 'reliability-harness[server]', or run the "
        "service by `command` or `url`\n"
    )
    ended = harness("run", "--server", server, before=NO_SERVER)
    assert ended == (Exit.TARGET, f"starting {server}\n", told)


NO_SERVER = """\
from importlib import metadata
installed = metadata.version
def version(name):
    if name in ("gunicorn", "waitress"):
        raise metadata.PackageNotFoundError(name)
    return installed(name)
metadata.version = version
"""
"""As if no server were installed: what pip knows is asked of importlib.metadata."""

WITHOUT_PRIVILEGE = """\
import ctypes
data = (ctypes.c_uint32 * 6)()
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
ctypes.CDLL(None).capset(header, data)
"""
"""Give up every capability (capset(2)): even root is asked for permission then."""


def test_no_room_for_temporary_files(small: Path) -> None:
    """Where not one directory for temporary files can be written, the way out is told: here no file may grow."""
    told = (
        "harness: no directory for temporary files can be written: $TMPDIR, /tmp, /var/tmp and the current one were "
        "tried; make room in one of them, or name another by TMPDIR\n"
    )
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
    assert harness("run", "--out", "out", before=limit) == (Exit.USAGE, "", told)


def test_the_current_directory_is_gone(small: Path) -> None:
    """What is looked for in a directory that is no more is told as missing, by name."""
    ended = shell("mkdir gone && cd gone && rmdir ../gone && $H run --list", {"PYTHONSAFEPATH": "1"})
    told = "harness: harness.yaml: no such file; name yours with --config, or let 'harness init' write a first one\n"
    assert ended == (Exit.USAGE, "", told)
