"""Runs that saw nothing, or not enough, are never a pass, and say what was missing."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import psutil
import pytest

from harness.model.exits import Exit
from harness.model.verdicts import Verdict
from tests.e2e.harness_run import ROOT, Ended, run

pytestmark = pytest.mark.server

CONFIGURATION = (ROOT / "harness.yaml").read_text()


def _run(tmp_path: Path, *, scenario: str, configuration: str = CONFIGURATION) -> Ended:
    """Run one scenario file, with the sample app found from wherever the configuration lies."""
    config, file = tmp_path / "harness.yaml", tmp_path / "own.yaml"
    config.write_text(configuration)
    file.write_text(scenario)
    return run(
        tmp_path / "run",
        "--config",
        str(config),
        "--scenarios",
        str(file),
        "--seed",
        "1",
        env={"PYTHONPATH": str(ROOT)},
    )


def _reasons(ended: Ended) -> str:
    return "\n".join(ended.report.reasons)


def test_a_dead_port_in_place_of_the_double_is_unknown(tmp_path: Path) -> None:
    """A service that calls something else than the double shows nothing about its effects."""
    dead = CONFIGURATION.replace("env: LEDGER_URL ", "env: OTHER_URL ").replace(
        "env: {DATABASE_URL", 'env: {LEDGER_URL: "http://127.0.0.1:9", DATABASE_URL'
    )
    ended = _run(tmp_path, scenario="format: 1\nfamily: duplicate-event\nentries: [D01]\n", configuration=dead)
    assert (ended.exit, ended.report.verdict) == (Exit.UNKNOWN, Verdict.UNKNOWN)
    assert "create_batch: the valid example is not accepted: 503" in _reasons(ended)


def test_a_fault_that_cannot_fire_is_unknown(tmp_path: Path) -> None:
    """An armed fault on a call that never comes is named with its call."""
    configuration = CONFIGURATION.replace(
        "      - request: POST /entries", "      - request: GET /nothing\n      - request: POST /entries"
    )
    scenario = (
        "format: 1\nfamily: timeout\nentries:\n"
        "  - {id: never, fault: {kind: status, dependency: ledger, call: GET /nothing}}\n"
    )
    ended = _run(tmp_path, scenario=scenario, configuration=configuration)
    assert (ended.exit, ended.report.verdict) == (Exit.UNKNOWN, Verdict.UNKNOWN)
    assert "GET /nothing" in _reasons(ended)


def test_a_load_too_short_for_one_request_is_refused(tmp_path: Path) -> None:
    """Zero planned requests are a mistake of the author, told with its place before anything is started."""
    ended = _run(tmp_path, scenario="format: 1\nfamily: load\nentries: [{id: L01, rate: 1, seconds: 10ms}]\n")
    assert ended.exit == Exit.USAGE
    assert "own.yaml:3:" in ended.err


def test_a_load_that_sent_nothing_is_unknown(tmp_path: Path) -> None:
    """Zero requests are not zero errors: a generator that is killed before it sends leaves the run unknown."""
    killer = threading.Thread(target=_kill_the_generator, args=(str(tmp_path),))
    killer.start()
    ended = _run(tmp_path, scenario="format: 1\nfamily: load\nentries: [L01]\n")
    killer.join()
    assert (ended.exit, ended.report.verdict) == (Exit.UNKNOWN, Verdict.UNKNOWN)
    assert "load-delivered" in _reasons(ended)


def _kill_the_generator(directory: str) -> None:
    """Kill the load generator of the run in ``directory`` as soon as it is there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                if "harness.load.generator" in words and _runs_in(process, directory):
                    process.kill()
                    return
        time.sleep(0.02)


def _runs_in(process: psutil.Process, directory: str) -> bool:
    """Whether one of the parents of ``process`` was started on ``directory``."""
    return any(directory in word for parent in process.parents() for word in parent.cmdline())


def test_a_service_that_cannot_start_is_exit_4_with_its_own_words(tmp_path: Path) -> None:
    """The application's own error is shown, and blamed on the application."""
    broken = CONFIGURATION.replace("sample_app:create_app()", "no_such_module:app")
    ended = _run(tmp_path, scenario="format: 1\nfamily: duplicate-event\nentries: [D01]\n", configuration=broken)
    assert ended.exit == Exit.TARGET
    assert "no_such_module" in ended.err
    assert "Traceback (most recent call last)" not in ended.err.split("no_such_module")[0]


def test_a_wrong_configuration_is_exit_2_with_its_place(tmp_path: Path) -> None:
    """File, line, key and the nearest right key; nothing is started."""
    wrong = CONFIGURATION.replace("  deadline: 2s", "  dedline: 2s")
    ended = _run(tmp_path, scenario="format: 1\nfamily: duplicate-event\nentries: [D01]\n", configuration=wrong)
    assert ended.exit == Exit.USAGE
    assert "harness.yaml:10:3" in ended.err
    assert "; did you mean 'deadline'?" in ended.err
