"""Every generated part of the documentation, and the code that makes it.

A part stands in its page between ``<!-- generated: NAME -->`` and ``<!-- end -->``; a whole page is generated where all
of it comes from the code. ``python -m tests.docs`` renews them, a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from harness.checks._page import checks_table
from harness.cli.commands import main
from harness.cli.page import commands_of, exits_table, options_table
from harness.doubles import faults_table
from harness.incident.schema import published as incident_schema
from harness.mutations.page import malformations_table
from harness.report.comparisons import changes_table
from harness.report.formats.page import forms_table
from harness.report.schema import published
from harness.shrink.page import contents_table, kinds_table, laws_table
from sample_app.contracts import contract_page
from sample_app.defects import DEFECTS
from sample_app.defects.page import page as defects_page
from tests.bench.page import bench_tables
from tests.docs import bookings, recorded
from tests.docs.entries import entries_tables
from tests.falsegreen.page import page as falsegreen_page
from tests.prove.__main__ import proof_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

Maker = Callable[[], str]
"""Makes the text of a part, without a final newline, or that of a whole page."""

PARTS: Mapping[str, Mapping[str, Maker]] = {
    "benchmarks.md": {"benchmarks": bench_tables},
    "checks.md": {"checks": checks_table},
    "ci.md": {"forms": forms_table},
    "command-line.md": {
        **{f"options of {name}": partial(options_table, command) for name, command in commands_of(main, "harness")},
        "exit codes": exits_table,
    },
    "entries.md": {"entries": entries_tables},
    "faults.md": {"faults": faults_table},
    "incidents.md": {"what goes": kinds_table, "what stays": laws_table, "what may go from a message": contents_table},
    "malformations.md": {"malformations": malformations_table},
    "recording-in-production.md": {"the sample app recorded": recorded.example},
    "versions-of-a-service.md": {"kinds of changes": changes_table},
    "your-own-service.md": {
        "configuration of the bookings": bookings.configuration,
        "what mends the bookings": bookings.mending,
    },
}
WHOLE: Mapping[str, Maker] = {
    "contract.md": contract_page,
    "defects.md": partial(defects_page, DEFECTS),
    "incident.schema.json": incident_schema,
    "no-false-green.md": falsegreen_page,
    "proof.md": proof_page,
    "report.schema.json": published,
}

_PART = re.compile(r"<!-- generated: (?P<name>.*?) -->\n.*?<!-- end -->", re.DOTALL)


def generated() -> Mapping[Path, str]:
    """Return each page with generated parts, and what it has to say now."""
    parts = {DOCS / page: renewed(_text(DOCS / page), makers) for page, makers in PARTS.items()}
    return parts | {DOCS / page: maker() for page, maker in WHOLE.items()}


def renewed(text: str, makers: Mapping[str, Maker]) -> str:
    """Return the text of a page with its parts made anew; ValueError where a part has no place or no maker."""
    placed = [found["name"] for found in _PART.finditer(text)]
    if sorted(placed) != sorted(makers):
        missing, strange = sorted(set(makers) - set(placed)), sorted(set(placed) - set(makers))
        raise ValueError(f"no place for {missing}, nothing that makes {strange}; each part stands once: {placed}")
    return _PART.sub(lambda found: _part(found["name"], makers), text)


def _part(name: str, makers: Mapping[str, Maker]) -> str:
    return f"<!-- generated: {name} -->\n\n{makers[name]()}\n\n<!-- end -->"


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")
