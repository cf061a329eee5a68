"""The page about the configuration lists exactly the keys that are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from harness.config.dependencies import ANSWER, CALL, DEPENDENCY
from harness.config.loading import top_level
from harness.config.operations import OPERATION
from harness.config.service import SERVICE

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")

SECTIONS: Mapping[str, frozenset[str]] = {
    "The top of the file": frozenset(top_level(".")),
    "`service`": frozenset(SERVICE),
    "`dependencies`": frozenset(DEPENDENCY),
    "`dependencies`: one of `calls`": frozenset({*CALL, "keyed"}),
    "`dependencies`: `answer`": frozenset(ANSWER),
    "`operations`": frozenset(OPERATION),
}


def test_every_key_stands_in_the_page_and_no_other() -> None:
    """Each section's tables hold the keys that the section's reader accepts: none missing, none invented."""
    pages = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE))
    listed = {title: frozenset(re.findall(r"^\| `(\w+)` \|", pages[title], re.MULTILINE)) for title in SECTIONS}
    assert listed == SECTIONS
