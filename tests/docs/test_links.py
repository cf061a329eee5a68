"""Links of the documentation lead somewhere, on a code host and on the site."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file or a directory that is in the repository; an anchor names a heading of that page."""
    astray = [target for target in links(page) if not leads_somewhere(page, target)]
    assert astray == []


def leads_somewhere(page: Path, target: str) -> bool:
    """Tell whether there is what a link names."""
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists() or not there.is_relative_to(ROOT):
        return False
    return not anchor or (there.suffix == ".md" and anchor in anchors(there))


@pytest.mark.server
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """``make docs`` ends with 0: a broken link, an unknown anchor or a page that nothing leads to is an error there."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-c",
        "docs",
        "-b",
        "html",
        "-W",
        "--keep-going",
        "-q",
        ".",
        str(tmp_path),
    ]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (built.stderr, built.returncode) == ("", 0)
    assert {"index.html", "README.html", "docs/command-line.html"} <= {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")
    }
