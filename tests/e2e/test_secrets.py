"""A secret that the service needs reaches the service, and nothing that is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.exits import Exit
from tests.e2e.harness_run import ROOT, run

pytestmark = pytest.mark.server

SECRET = "hunter2hunter2"


def test_no_file_of_a_run_holds_the_secret(tmp_path: Path) -> None:
    """Credentials in an example's header and in the service's environment stand in no file and on no screen."""
    configuration = (ROOT / "harness.yaml").read_text()
    configuration = configuration.replace(
        "    json: {source: crm",
        f"    headers: {{Authorization: Bearer {SECRET}, Cookie: session={SECRET}}}\n    json: {{source: crm",
    ).replace("env: {DATABASE_URL", f"env: {{API_TOKEN: {SECRET}, DATABASE_URL")
    config = tmp_path / "harness.yaml"
    config.write_text(configuration)
    ended = run(
        tmp_path / "run",
        *("--config", str(config), "--scenarios", str(ROOT / "scenarios"), "--seed", "1"),
        *("--scenario", "D01", "--scenario", "MJ01", "--scenario", "MW22", "--scenario", "T02", "--scenario", "L17"),
        env={"PYTHONPATH": str(ROOT), "SAMPLE_APP_DEFECT": "timeout-as-success"},
    )
    assert ended.exit == Exit.FAIL, ended.out + ended.err
    written = [
        file.name for file in ended.directory.rglob("*") if file.is_file() and SECRET in file.read_text("latin-1")
    ]
    assert (written, SECRET in ended.out + ended.err) == ([], False)
    assert "[redacted]" in (ended.directory / "history.jsonl").read_text()


def test_a_service_that_dies_with_a_secret_on_its_lips_leaves_none_behind(tmp_path: Path) -> None:
    """What the service said when it could not start is told without its credentials, on the screen and on disk."""
    (tmp_path / "broken.py").write_text(f"raise RuntimeError('no database at postgresql://app:{SECRET}@db/app')\n")
    config = tmp_path / "harness.yaml"
    config.write_text((ROOT / "harness.yaml").read_text().replace("sample_app:create_app()", "broken:app"))
    ended = run(tmp_path / "run", "--config", str(config), "--scenarios", str(ROOT / "scenarios"), "--seed", "1")
    assert ended.exit == Exit.TARGET, ended.out + ended.err
    written = [file.name for file in ended.directory.rglob("*") if SECRET in file.read_text("latin-1")]
    assert (written, SECRET in ended.out + ended.err) == ([], False)
    assert "no database at postgresql://app:[redacted]@db/app" in ended.err
