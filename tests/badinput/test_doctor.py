"""``harness doctor`` shows all that keeps a run from beginning, in one look, with what mends it."""

from __future__ import annotations

import platform
import re
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from harness.model.exits import Exit

from .commands import SMALL, harness

PIECES = f"""\
ok   python           {platform.python_version()} in {sys.prefix}
ok   extra load       locust installed
ok   extra server     gunicorn, waitress installed
ok   temporary files  {tempfile.gettempdir()}
"""
FILES = "ok   files            harness.yaml: operations create; 1 entries in 1 scenarios\n"


def test_files_that_are_wrong_end_the_look(small: Path) -> None:
    """What stands on the files is not looked at, and nothing is started; every problem is shown."""
    (small / "harness.yaml").write_text(SMALL.replace("ready", "raedy").replace("POST", "PSOT"), encoding="utf-8")
    code, out, err = harness("doctor")
    assert (code, err) == (Exit.USAGE, "")
    assert out == (
        f"{PIECES}"
        "bad  files            harness.yaml:2:42: service.raedy: unknown key; did you mean 'ready'?\n"
        "                      harness.yaml:4:21: operations.create.request: expected a method and a path; the methods "
        "are GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; did you mean 'POST /things'?\n"
        "bad  service          not looked at: mend the files first\n"
        "\n"
        "2 of 6 are not well\n"
    )


@pytest.mark.server
def test_everything_is_well(small: Path) -> None:
    """Each piece is named; the service was started, and the number of cases is that of a plan."""
    code, out, _ = harness("doctor")
    assert code == Exit.PASS
    assert re.sub(r"\d+ cases", "N cases", out) == (
        f"{PIECES}{FILES}"
        "ok   load             none is in the scenarios\n"
        "ok   service          it starts and is ready; N cases can be planned\n"
        "\n"
        "a run can begin\n"
    )
    assert sorted(path.name for path in small.iterdir() if path.name != "__pycache__") == [
        "harness.yaml",
        "scenarios",
        "shop.py",
    ]


@pytest.mark.server
def test_all_that_is_missing_is_shown_at_once(small: Path) -> None:
    """An extra, a port and the application: three mistakes, one look; the code is that of the first."""
    (small / "scenarios" / "load.yaml").write_text("format: 1\nfamily: load\nentries: [L01]\n", encoding="utf-8")
    (small / "shop.py").write_text("import flsk\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        dependency = f"dependencies: {{bank: {{env: BANK_URL, port: {port}}}}}\n"
        (small / "harness.yaml").write_text(SMALL + dependency, encoding="utf-8")
        code, out, _ = harness("doctor", before="import sys\nsys.modules['locust'] = None")
    assert code == Exit.TARGET
    lines = [line for line in out.splitlines() if line[:3] in ("bad", "off")]
    assert lines == [
        "off  extra load       locust not installed; pip install 'reliability-harness[load]' brings it",
        (
            f"bad  port of bank     127.0.0.1:{port} cannot be had (Address already in use): end what listens there, or give "
            "dependencies.bank.port a free one"
        ),
        (
            "bad  load             a load needs Locust, which is not installed: pip install 'reliability-harness[load]', or "
            "leave the load out by naming the other families with --family"
        ),
        (
            "bad  service          the application shop:app failed to start: ModuleNotFoundError: No module named 'flsk'; "
            "did you mean 'flask'?"
        ),
    ]
    assert out.endswith("\n\n3 of 8 are not well\n")
