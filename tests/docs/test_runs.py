"""The examples that the pages show as run are run, and say what is shown.

``...`` in what is shown stands for anything, lines too; numbers may differ, since times do.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import PAGES, ROOT, Block, blocks

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
RUNS, WITHOUT_SHRINKING = re.compile(r"\bharness run "), "harness run --shrink 0 "
"""What comes after a verdict is shown on no page, and would take its seconds on each."""

LAID = {".": ("harness.yaml", "scenarios", "sample_app", "docs")}
"""What of the repository lies in the directory of a run; of an example all of it."""

EFFECTS = {"docs/tutorial.md", "docs/regression-after-an-incident.md"}
"""Pages whose examples judge no time: what else the machine does is all the same to them."""


def marked(page: Path, shown: list[Block]) -> Any:
    """Say when the examples of a page are run: alone on the machine, unless they judge effects alone."""
    name = page.relative_to(ROOT).as_posix()
    return pytest.param(name, shown, id=name, marks=() if name in EFFECTS else pytest.mark.alone)


RUN = [marked(page, shown) for page in PAGES if (shown := [b for b in blocks(page) if b.place])]


def lay(place: str, directory: Path) -> Path:
    """Lay out a directory to run in, as a copy; return it."""
    there = directory / place
    if place not in LAID:
        return there if there.exists() else Path(shutil.copytree(ROOT / place, there))
    for name in LAID[place]:
        if not (there / name).exists():
            (there / name).symlink_to(ROOT / name)
    return there


def steps(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a block and what is shown below it."""
    for step in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, said = step.partition("\n")
        yield command, said


def without_numbers(text: str) -> str:
    """Return text in which numbers, and the spaces that line them up, are alike."""
    return re.sub(r"\d[\d,.]*", "0", re.sub(r"(?<=\d),(?=\d{3})", "", text))


@pytest.mark.server
@pytest.mark.parametrize(("page", "shown"), RUN)
def test_what_is_shown_is_what_is_said(page: str, shown: list[Block], tmp_path: Path) -> None:
    """Every example that is shown as run says what the page says, one after the other in a directory of their own."""
    binaries = Path(sys.executable).parent
    environ = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "COLUMNS": "80"}
    for block in shown:
        for command, said in steps(block):
            ran = subprocess.run(
                RUNS.sub(WITHOUT_SHRINKING, command.replace(".venv/bin/", "")),
                shell=True,
                cwd=lay(block.place, tmp_path),
                env=environ,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            got = ran.stdout + ran.stderr
            same = doctest.OutputChecker().check_output(without_numbers(said), without_numbers(got), OPTIONS)
            assert same, f"{block.page}:{block.line}: $ {command}\n{got}"
