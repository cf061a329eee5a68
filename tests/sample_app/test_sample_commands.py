"""The operator's commands, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample_app.clients import BATCH, InProcess
from tests.sample_app.ledger import Ledger
from tests.sample_app.server import ROOT

pytestmark = pytest.mark.server


def command(*arguments: str, directory: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m sample_app`` with these arguments and no other settings than these."""
    return subprocess.run(
        [sys.executable, "-m", "sample_app", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_sweep_finishes_what_was_left(
    client: InProcess, environ: dict[str, str], ledger: Ledger, tmp_path: Path
) -> None:
    """An event whose client gave up is finished from anywhere; the client's late retry gets the stored answer."""
    confirm, ledger.behave = ledger.behave, lambda connection, stop: None
    assert client.post(BATCH).status == 503
    ledger.behave = confirm
    swept = command("sweep", directory=tmp_path, **environ)
    assert swept.returncode == 0, swept.stderr
    assert json.loads(swept.stdout.splitlines()[-1]) == {
        "event": "swept",
        "finished": 1,
        "failed": 0,
        "taken": 0,
        "forgotten": 0,
        "unknown": 0,
    }
    late = client.post(BATCH)
    assert (late.status, late.headers["idempotency-replayed"], len(ledger.effects())) == (201, "true", 1)


def test_a_migration_says_where_the_database_is(environ: dict[str, str], tmp_path: Path) -> None:
    """It works from any directory, and twice."""
    told = [command("migrate", directory=tmp_path, **environ) for _ in range(2)]
    assert [(done.returncode, done.stdout.startswith("the database is at revision ")) for done in told] == [
        (0, True),
        (0, True),
    ]


@pytest.mark.parametrize("name", ["migrate", "sweep"])
def test_a_database_that_cannot_be_used_is_told_without_a_traceback(name: str, tmp_path: Path) -> None:
    """Exit code 75 means later; a setting that makes no sense is exit code 2 and names the variable."""
    gone = command(name, DATABASE_URL=f"sqlite:///{tmp_path}/no/such.db", SAMPLE_APP_STORAGE_WAIT="0.1")
    wrong = command(name, DATABASE_URL="mysql://x")
    assert (gone.returncode, wrong.returncode) == (75, 2)
    assert "DATABASE_URL" in gone.stderr
    assert "DATABASE_URL" in wrong.stderr
    assert "Traceback" not in gone.stderr + wrong.stderr


def test_the_contract_can_be_printed() -> None:
    """Both forms of the contract come from the code."""
    assert json.loads(command("openapi").stdout)["openapi"] == "3.1.0"
    assert command("contract").stdout == (ROOT / "docs" / "contract.md").read_text()
