"""The door for programs: cheap to import, and the same run as the command line's."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness.model.errors import UsageError
from harness.report.terminal import Terminal
from harness.runner import Options

ROOT = Path(__file__).parents[3]


def test_importing_the_package_imports_no_room() -> None:
    """A program that only may run the harness does not pay for it."""
    code = "import sys, harness; print(sorted(m for m in sys.modules if m.split('.')[0] in ('harness', 'pydantic')))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "['harness', 'harness.door']\n"


def test_what_selects_nothing_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """The door refuses as the command line does, and leaves no directory behind."""
    out = tmp_path / "run"
    options = Options(config=ROOT / "harness.yaml", scenarios=(ROOT / "scenarios",), select=("D99",), seed=1, out=out)
    with pytest.raises(UsageError, match="no scenario or entry is called 'D99'"):
        harness.run(options, Terminal(io.StringIO()))
    assert not out.exists()
