"""An incident that needs what was there before: a stored row, a setting, a day. The file brings it along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.model.codec import from_json
from harness.model.exits import Exit
from harness.report.format import Report
from tests.e2e.harness_run import command

pytestmark = pytest.mark.server

APPS = Path(__file__).with_name("apps")
LINE = "curl http://shop/renewals -H 'Content-Type: application/json' -d '{\"member\": \"m-1\"}'\n"
ROWS = "-- a member from before plans\nINSERT INTO members VALUES ('m-1', NULL);\n"
DAY = "2028-02-29T12:00:00+00:00"
CONFIGURATION = """
format: 1
service:
  app: renewals:create_app()
  server: wsgi
  ready: GET /healthz
  env: {DATABASE_URL: "sqlite:///{tmp}/members.db"%(more)s}
  database: DATABASE_URL
  clock: {env: CLOCK, form: "%%Y-%%m-%%dT%%H:%%M:%%S+00:00"}
operations:
  renew:
    request: POST /renewals
    json: {member: m-0}
"""


LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
FAKED = """
format: 1
service:
  app: renewals:create_app()
  workers: 1
  ready: GET /healthz
  env:
    DATABASE_URL: "sqlite:///{tmp}/members.db"
    LD_PRELOAD: %(library)s
    NO_FAKE_STAT: "1"
    TZ: UTC%(more)s
  database: DATABASE_URL
  clock: {env: FAKETIME, form: "@%%Y-%%m-%%d %%H:%%M:%%S"}
operations:
  renew:
    request: POST /renewals
    json: {member: m-0}
"""


def configured(place: Path, *, more: str = "", without: str = "") -> Path:
    """Write a configuration of the service, which lies beside it; return its file."""
    place.mkdir()
    (place / "renewals.py").symlink_to(APPS / "renewals.py")
    lines = (CONFIGURATION % {"more": more}).splitlines()
    file = place / "harness.yaml"
    file.write_text("\n".join(line for line in lines if not without or f"  {without}:" not in line) + "\n")
    return file


def test_what_was_before_is_made_again(tmp_path: Path) -> None:
    """Red with all three, green once it is mended, not shown where one of them cannot be had."""
    config = configured(tmp_path / "broken")
    (tmp_path / "line").write_text(LINE)
    (tmp_path / "rows.sql").write_text(ROWS)
    before = ("--sql", str(tmp_path / "rows.sql"), "--env", "YEARS=calendar", "--clock", DAY)
    where = ("--config", str(config), "--name", "leap-day", "--into", str(tmp_path / "kept"), "-q")
    calm = command("incident", "new", str(tmp_path / "line"), *where, "--out", str(tmp_path / "calm"))
    assert (calm.returncode, "stored state (--sql)" in calm.stdout) == (Exit.UNKNOWN, True), calm.stdout + calm.stderr
    made = command("incident", "new", str(tmp_path / "line"), *where, *before, "--out", str(tmp_path / "made"))
    assert made.returncode == Exit.PASS, made.stdout + made.stderr

    file = tmp_path / "kept" / "leap-day.json"
    case = json.loads(file.read_text())["case"]
    assert case["instance"] == {"env": {"YEARS": "calendar"}, "clock": DAY}
    assert case["steps"][0] == {
        "act": "prepare",
        "statements": ["-- a member from before plans\nINSERT INTO members VALUES ('m-1', NULL);"],
    }

    replays = {
        "broken": (config, Exit.FAIL, "still failing: leap-day: "),
        "mended": (configured(tmp_path / "mended", more=", MENDED: yes"), Exit.PASS, "mended: leap-day: "),
        "no clock": (
            configured(tmp_path / "timeless", without="clock"),
            Exit.UNKNOWN,
            "the service's clock has to begin",
        ),
        "no database": (
            configured(tmp_path / "stateless", without="database"),
            Exit.UNKNOWN,
            "needs rows in the service's",
        ),
    }
    assert f"--sql {tmp_path}/rows.sql" in made_again(tmp_path / "made")
    for name, (of, code, told) in replays.items():
        done = command("replay", str(file), "--config", str(of), "-q", "--out", str(tmp_path / f"run of {name}"))
        assert (name, done.returncode, told in done.stdout) == (name, code, True), done.stdout + done.stderr
    file.write_text(file.read_text().replace("INTO members", "INTO patrons"))
    moved = command(
        "replay", str(file), "--config", str(config), "-q", "--out", str(tmp_path / "run of another schema")
    )
    told = "refuses statement 1 of 1 (-- a member from before plans INSERT INTO patrons"
    assert (moved.returncode, told in moved.stdout) == (Exit.UNKNOWN, True), moved.stdout


@pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed (Debian: libfaketime)")
def test_a_service_that_reads_no_variable_has_its_clock_set_by_a_library(tmp_path: Path) -> None:
    """As docs/incidents.md says: the wall clock begins on that day, and what only measures time goes on as ever."""
    (tmp_path / "renewals.py").symlink_to(APPS / "renewals.py")
    (tmp_path / "line").write_text(LINE)
    (tmp_path / "rows.sql").write_text(ROWS)
    config, mended = tmp_path / "harness.yaml", tmp_path / "mended.yaml"
    config.write_text(FAKED % {"library": LIBRARY, "more": ""})
    mended.write_text(FAKED % {"library": LIBRARY, "more": '\n    MENDED: "yes"'})
    before = ("--sql", str(tmp_path / "rows.sql"), "--env", "YEARS=calendar", "--clock", DAY)
    where = (
        "--config",
        str(config),
        "--name",
        "leap-day",
        "--into",
        str(tmp_path),
        "-q",
        "--out",
        str(tmp_path / "one"),
    )
    made = command("incident", "new", str(tmp_path / "line"), *where, *before)
    assert made.returncode == Exit.PASS, made.stdout + made.stderr
    for of, code in ((config, Exit.FAIL), (mended, Exit.PASS)):
        words = ("--config", str(of), "-q", "--out", str(tmp_path / of.stem))
        done = command("replay", str(tmp_path / "leap-day.json"), *words)
        assert done.returncode == code, done.stdout + done.stderr


def made_again(run: Path) -> str:
    """Return the command by which the run says that its finding is made again."""
    (finding,) = from_json(Report, (run / "report.json").read_bytes()).gating
    return finding.repeat
