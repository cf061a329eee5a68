"""The command line: whose fault an error is, as a message and a code; documented whole; cheap to ask for help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.commands import main
from harness.cli.endings import ending
from harness.cli.options import EXPORTS, FAMILIES, IMPORTS, PROFILES, SERVERS, SEVERITIES
from harness.exchange.formats import FORMATS as SEEN
from harness.model.cases import Family
from harness.model.errors import HarnessBug, Problem, RunDirectoryError, ScenarioError, TargetError, UsageError
from harness.model.exits import Exit
from harness.model.services import Server
from harness.model.verdicts import Severity
from harness.plan import profiles
from harness.replay.handing import EXPORTS as HANDED
from harness.report.formats.table import FORMATS
from tests.bench.startup import keep_run


def invoke(*words: str) -> Result:
    """Run a command line in this process."""
    return CliRunner().invoke(main, words)


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)


def test_help_is_cheap() -> None:
    """Asking for help imports no heavy room: half a second of CPU is too long to wait for it."""
    code = (
        "import sys, time; from harness.cli import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'rich', 'flask', 'locust', 'pytest', 'hypothesis', 'gevent', 'yaml', 'harness.runner'}\n"
        "print(sorted(heavy & set(sys.modules)), time.process_time() < 0.5, file=sys.stderr)"
    )
    assert python(code).stderr.strip() == "[] True"


def test_rendering_an_old_run_is_cheap(tmp_path: Path) -> None:
    """``harness report`` imports no room that starts a service or puts trouble on it, and nothing that only they need."""
    keep_run(tmp_path)
    code = (
        "import sys; from harness.cli import main\n"
        f"try: main(['report', '-q', {str(tmp_path)!r}])\n"
        "except SystemExit: pass\n"
        "rooms = {f'harness.{name}' for name in ('config', 'plan', 'mutations', 'targets', 'doubles', 'execute', 'probes')}\n"
        "heavy = rooms | {'flask', 'locust', 'gevent', 'pytest', 'hypothesis', 'yaml', 'httptools', 'jsonschema_rs'}\n"
        "print(sorted(heavy & set(sys.modules)), 'harness.report' in sys.modules, file=sys.stderr)"
    )
    assert python(code).stderr.strip() == "[] True"


def test_help_tells_every_exit_code() -> None:
    """--help holds the one table of exit codes."""
    told = " ".join(invoke("--help").output.split()).split("Exit codes: ", 1)[1].split(". ", 1)[0]
    assert [int(number) for number in re.findall(r"\b\d+\b", told)] == [code.value for code in Exit]


def test_choices() -> None:
    """The families, servers, profiles, severities, imports and exports offered are those that there are."""
    assert (tuple(SEEN), tuple(HANDED)) == (IMPORTS, EXPORTS)
    assert tuple(profiles.PROFILES) == PROFILES
    assert tuple(severity.value for severity in Severity) == SEVERITIES
    assert set(FAMILIES) == {family.value for family in Family if family is not Family.REFERENCE}
    assert set(SERVERS) == {s.value for s in Server if s not in (Server.URL, Server.COMMAND)}


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--no-such-option"),
        ("run", "--family", "nonsense"),
        ("run", "--seed", "x"),
        ("run", "--seed", "-1"),
        ("run", "--list", "--dry-run"),
        ("run", "--list", "--json"),
        ("report", "--json", "--format", "junit", "."),
        ("report", "--format", "nonsense", "."),
        ("run", "--fail-on", "never"),
        ("run", "--reruns", "10"),
        ("check",),
        ("baseline", "update"),
        ("nonsense",),
        ("run", "surplus"),
    ],
)
def test_usage(words: tuple[str, ...]) -> None:
    """An option that cannot be honoured ends with 2 and starts nothing."""
    assert invoke(*words).exit_code == Exit.USAGE


def test_no_configuration(tmp_path: Path) -> None:
    """A missing configuration and a missing run directory end with 2 and name the file."""
    missing = str(tmp_path / "harness.yaml")
    result = invoke("run", "--config", missing)
    assert (result.exit_code, missing in result.stderr) == (Exit.USAGE, True)
    for words in (("check",), ("report",), ("baseline", "update")):
        result = invoke(*words, str(tmp_path))
        assert (result.exit_code, str(tmp_path) in result.stderr) == (Exit.USAGE, True)


def raising(error: BaseException) -> int:
    """Return the exit code of an act that ends with ``error``."""

    def act() -> int:
        raise error

    return ending(act)


PROBLEMS = (
    Problem(message="unknown key", file="harness.yaml", line=3, column=5, key="sevice", nearest="service"),
    Problem(message="missing", file="harness.yaml", key="format"),
)


def test_author(capsys: pytest.CaptureFixture[str]) -> None:
    """What the author wrote wrong ends with 2, every problem with its place."""
    assert raising(ScenarioError(PROBLEMS)) == Exit.USAGE
    assert capsys.readouterr().err == (
        "harness: nothing was run; 2 things are wrong:\n"
        "harness.yaml:3:5: sevice: unknown key; did you mean 'service'?\nharness.yaml: format: missing\n"
    )


@pytest.mark.parametrize("error", [UsageError("no"), RunDirectoryError("no")])
def test_usage_errors(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """An option or a run directory that cannot be honoured ends with 2 and one line."""
    assert (raising(error), capsys.readouterr().err) == (Exit.USAGE, "harness: no\n")


def test_target(capsys: pytest.CaptureFixture[str]) -> None:
    """A service that does not start ends with 4 and the last of what it said, clipped, escaped and redacted."""
    detail = "\n".join([*(f"line {n}" for n in range(30)), "\x1b[31mpassword=hunter2"])
    assert raising(TargetError("the service did not start", detail=detail)) == Exit.TARGET
    told = capsys.readouterr().err.splitlines()
    assert told[:3] == ["harness: the service did not start", "    ... 11 lines before", "    line 11"]
    assert (len(told), told[-1]) == (22, "    \\x1b[31mpassword=[redacted]")


@pytest.mark.parametrize("error", [HarnessBug("broken"), ZeroDivisionError("broken"), RecursionError("broken")])
def test_bug(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything unexpected ends with 70, says that it is ours, and leaves the traceback in a file."""
    assert raising(error) == Exit.BUG
    told = capsys.readouterr().err
    kind = type(error).__name__
    assert told.startswith(f"harness: this is a bug of the harness, not of your service: {kind}: broken\n")
    trace = Path(told.split("traceback: ", 1)[1].strip())
    assert f"{kind}: broken" in trace.read_text(encoding="utf-8")
    trace.unlink()


def test_interrupted() -> None:
    """An interrupt before there is a run ends with 130."""
    assert raising(KeyboardInterrupt()) == Exit.INTERRUPTED


CONFIGURATION = """\
format: 1
service: {app: "nowhere:app", server: gunicorn}
operations:
  create: {request: POST /things, json: {a: 1}}
"""
SCENARIO = "format: 1\nfamily: malformed-payload\nentries: [MJ01, MJ03]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with one operation and two entries, whose service cannot start."""
    (tmp_path / "harness.yaml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "malformed.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def harness(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the harness as a process in a project."""
    command = [sys.executable, "-m", "harness", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)


def test_list(project: Path) -> None:
    """--list shows every entry of each family with what it is called, and starts nothing."""
    done = harness(project, "run", "--list")
    shown = """\
malformed-payload: 2 entries
  MJ01  malformed  empty body
  MJ03  malformed  broken structure

2 entries in 1 scenario
"""
    assert (done.returncode, done.stdout) == (Exit.PASS, shown)
    assert sorted(os.listdir(project)) == ["harness.yaml", "scenarios"]


def test_a_reader_that_went_away(project: Path) -> None:
    """``harness run --list | head`` keeps its exit code, and nothing is said about pipes."""
    script = f"{{ {sys.executable} -m harness run --list; echo $? >&2; }} | true"
    done = subprocess.run(["sh", "-c", script], cwd=project, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "0\n"


@pytest.mark.server
def test_a_service_that_does_not_start(project: Path) -> None:
    """A service that cannot start ends with 4, and standard output stays empty for machines."""
    done = harness(project, "run", "--json", "--out", "out")
    assert (done.returncode, done.stdout) == (Exit.TARGET, "")
    assert "nowhere" in done.stderr


def test_console_script(project: Path) -> None:
    """The console script and ``python -m harness`` are the same."""
    script = Path(sys.executable).with_name("harness")
    first = subprocess.run(
        [script, "run", "--list"], cwd=project, capture_output=True, text=True, timeout=60, check=True
    )
    assert first.stdout == harness(project, "run", "--list").stdout


RUN_DIRECTORY = "out"


@pytest.mark.server
def test_json_is_the_report(project: Path) -> None:
    """--json writes exactly report.json to standard output and the screen to standard error, on old runs, too.

    So does --format with any form of the report; a run directory holds each that has a file.
    """
    (project / "service.py").write_text(SERVICE, encoding="utf-8")
    config = CONFIGURATION.replace("nowhere:app", "service:app").replace("gunicorn", "gunicorn, ready: GET /")
    (project / "harness.yaml").write_text(config, encoding="utf-8")
    ran = harness(project, "run", "--json", "--seed", "1", "--out", RUN_DIRECTORY)
    written = (project / RUN_DIRECTORY / "report.json").read_text(encoding="utf-8")
    assert json.loads(ran.stdout) == json.loads(written)
    assert f"Report: {RUN_DIRECTORY}/report.html" in ran.stderr
    page = (project / RUN_DIRECTORY / "report.html").read_bytes()
    for command in ("check", "report"):
        again = harness(project, command, RUN_DIRECTORY, "--json")
        assert (again.returncode, json.loads(again.stdout)) == (ran.returncode, json.loads(ran.stdout))
        assert (project / RUN_DIRECTORY / "report.html").read_bytes() == page
    for name, held in FORMATS.items():
        shown = harness(project, "report", RUN_DIRECTORY, "--format", name)
        assert (name, shown.returncode, f"Report: {RUN_DIRECTORY}/report.html" in shown.stderr) == (
            name,
            ran.returncode,
            True,
        )
        assert not held.file or shown.stdout.rstrip("\n") == (project / RUN_DIRECTORY / held.file).read_text().rstrip(
            "\n"
        )
    assert harness(project, "run", "--out", RUN_DIRECTORY).returncode == Exit.USAGE


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
