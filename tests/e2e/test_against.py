"""Two builds side by side: a declared change passes, an undeclared one is found, and an earlier revision is a build."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from harness.model.exits import Exit
from tests.e2e.harness_run import ROOT, command
from tests.unit.replay.test_revision import git

pytestmark = pytest.mark.server

BOOK = "scenarios/clients/v2.yaml"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Write the configuration of release 0.2 of the sample app, without any planted defect."""
    text = (ROOT / "harness.yaml").read_text(encoding="utf-8")
    mine = 'env: {SAMPLE_APP_RELEASE: "0.2", SAMPLE_APP_DEFECT: "", '
    file = tmp_path / "old.yaml"
    file.write_text(text.replace("env: {", mine, 1), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("defect", "code", "found"),
    [
        ("", Exit.PASS, set()),
        ("nulls-left-out", Exit.FAIL, {("field lost", "/results/*/label")}),
    ],
    ids=["declared", "undeclared"],
)
def test_two_releases_of_the_sample_app(
    old: Path, tmp_path: Path, defect: str, code: Exit, found: set[tuple[str, str]]
) -> None:
    """Release 0.3 counts labels, which is declared; with a defect beside it something else is gone as well."""
    out = tmp_path / "run"
    done = command(
        *("replay", BOOK, "--against-config", str(old), "--server", "wsgi", "--out", str(out), "--seed", "1", "-q"),
        env={"SAMPLE_APP_RELEASE": "0.3", "SAMPLE_APP_DEFECT": defect, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == code, done.stdout + done.stderr
    kept = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    changes = [change for exchange in kept["changed"] for change in exchange["changes"]]
    assert {(c["change"], c["at"]) for c in changes if c.get("declared")} == {("field added", "/totals/labelled")}
    assert {(c["change"], c["at"]) for c in changes if not c.get("declared")} == found
    assert (kept.get("uncompared", []), kept.get("unused", []), kept["cases"]) == ([], [], 19)
    assert "declared: field added at /totals/labelled" in done.stdout
    twice = {"old-third", "new-again"} if found else set()  # what nobody declared is asked again
    runs = {"old", "old-again", "new"} | twice
    assert {file.name for file in out.iterdir()} == {"comparison.json", "comparison.md"} | runs


SERVICE = dedent("""
    from flask import Flask, request

    def create_app():
        app = Flask(__name__)

        @app.get("/ready")
        def ready():
            return "yes"

        @app.post("/notes")
        def note():
            return {"text": request.get_json()["text"], "state": "kept"}, 201

        return app
""")
CONFIGURATION = dedent("""
    format: 1
    service: {app: "notes:create_app()", server: wsgi, ready: GET /ready}
    operations:
      note: {request: POST /notes, json: {text: a}}
""")
REQUESTS = dedent("""
    format: 1
    client: v1
    operation: note
    recorded: by hand
    exchanges:
      - name: made
        request: {method: POST, target: /notes, headers: {Content-Type: application/json}, json: {text: a}}
        answer: {status: 201, json: {text: a, state: kept}}
""")


def test_an_incident_is_kept_where_it_fails_on_the_revision_that_it_came_from(tmp_path: Path) -> None:
    """Mended in the working tree, it is kept on the word of the commit before, and not without that."""
    broken = SERVICE.replace('request.get_json()["text"]', 'request.get_json()["text"][0]')
    for name, text in (("notes.py", broken), ("harness.yaml", CONFIGURATION)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "line").write_text("curl h/notes -H 'Content-Type: application/json' -d '{\"text\": \"\"}'\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    made = command("incident", "new", "line", "--name", "empty", "-q", "--out", "made", directory=tmp_path)
    assert made.returncode == Exit.PASS, made.stdout + made.stderr
    (tmp_path / "notes.py").write_text(SERVICE, encoding="utf-8")
    today, before = (
        command("incident", "accept", "empty.json", "-q", "--out", str(out), *on, directory=tmp_path)
        for out, on in (("today", ()), ("before", ("--on", "HEAD")))
    )
    assert (today.returncode, "empty.json is not kept" in today.stdout) == (Exit.FAIL, True), today.stdout
    told = "still failing: empty: " in before.stdout, "kept as incidents/empty.json" in before.stdout
    assert (before.returncode, told) == (Exit.PASS, (True, True)), before.stdout + before.stderr
    assert (tmp_path / "incidents" / "empty.json").read_bytes() == (tmp_path / "empty.json").read_bytes()


def test_an_earlier_revision_is_a_build(tmp_path: Path) -> None:
    """It is started from its own directory, with its own modules; the working tree is the build of today."""
    for name, text in (("notes.py", SERVICE), ("harness.yaml", CONFIGURATION), ("v1.yaml", REQUESTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / "notes.py").write_text(SERVICE.replace("kept", "stored"), encoding="utf-8")
    done = command("replay", "v1.yaml", "--against", "HEAD", "-q", "--out", "run", directory=tmp_path)
    told = 'undeclared: value changed at /state of note: /state is "stored" instead of "kept" [reference and 1 more]'
    assert (done.returncode, told in done.stdout) == (Exit.FAIL, True), done.stdout + done.stderr
    (tmp_path / "notes.py").write_text("import nothing_of_that_name\n", encoding="utf-8")
    broken = command("replay", "v1.yaml", "--against", "HEAD", "-q", "--out", "again", directory=tmp_path)
    assert (broken.returncode, "harness: the build of today: " in broken.stderr) == (Exit.TARGET, True), broken.stderr
    wrong = command("replay", "v1.yaml", "--against", "HEAD~1", "-q", "--out", "third", directory=tmp_path)
    assert (wrong.returncode, "git knows no revision 'HEAD~1'" in wrong.stderr) == (Exit.USAGE, True), wrong.stderr
