"""The page about scenarios lists exactly the keys that are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from harness.model.cases import Family
from harness.scenario import Vocabulary, parse_threshold
from harness.scenario.entries import keys_of
from harness.scenario.faults import OWN
from harness.scenario.loading import top_level

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "scenarios.md").read_text(encoding="utf-8")

NOTHING = Vocabulary(entries={})
ALWAYS = frozenset({"id", "title"})

SECTIONS: Mapping[str, frozenset[str]] = {
    "The file": frozenset(top_level(None, NOTHING)) | ALWAYS,
    "Entries of `malformed-payload`": frozenset(keys_of(Family.MALFORMED, NOTHING, "")) - ALWAYS,
    "Entries of `duplicate-event`": frozenset(keys_of(Family.DUPLICATE, NOTHING, "")) - ALWAYS,
    "Entries of `timeout`": frozenset(keys_of(Family.TIMEOUT, NOTHING, "")) - ALWAYS,
    "A fault of your own": frozenset(OWN),
    "Entries of `load`": frozenset(keys_of(Family.LOAD, NOTHING, "")) - ALWAYS,
    "Entries of `version-compatibility`": frozenset(top_level(Family.VERSIONS, NOTHING))
    - frozenset(top_level(None, NOTHING)),
}


def test_every_key_stands_in_the_page_and_no_other() -> None:
    """Each section's tables hold the keys that are accepted there: none missing, none invented."""
    pages = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE))
    listed = {title: frozenset(re.findall(r"^\| `(\w+)` \|", pages[title], re.MULTILINE)) for title in SECTIONS}
    assert listed == SECTIONS


def test_every_threshold_of_the_page_is_right() -> None:
    """The thresholds of the table are read as they stand."""
    shown = re.findall(r"^\| `([^`]+ [<>] [^`]+)` \|", PAGE, re.MULTILINE)
    assert [parse_threshold(text).text for text in shown] == ["p(95) < 250ms", "errors < 1%", "rate > 40"]
