"""The example of the page about new faults works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness.doubles.faults
from harness.doubles import fault_kinds, faults_table
from harness.model.events import FaultFired

from .stage import Stage, answered, post

DOCS = Path(__file__).parents[2] / "docs"
NEW_KIND = "harness.doubles.faults.redirected"


@pytest.fixture
def new_kind(tmp_path: Path) -> Iterator[None]:
    """Put the example of the page beside the shipped kinds, as a new file there would be."""
    (example,) = re.findall(r"```python\n(.*?)```", (DOCS / "adding-a-fault.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "redirected.py").write_text(example, "utf-8")
    harness.doubles.faults.__path__.append(str(tmp_path))
    fault_kinds.cache_clear()
    yield
    harness.doubles.faults.__path__.remove(str(tmp_path))
    sys.modules.pop(NEW_KIND, None)
    fault_kinds.cache_clear()


@pytest.mark.usefixtures("new_kind")
def test_the_example_of_a_new_fault_works_as_soon_as_its_file_is_there(stage: Stage) -> None:
    """A new file is a new kind: it can be armed, strikes, and has its row in the table, with nothing else changed."""
    fault = stage.arm("redirected", {"to": "http://127.0.0.1:9/"})
    found = answered("302 Found", b"", "Location: http://127.0.0.1:9/")
    assert stage.ask(post()) == (found, "closed")
    fired = FaultFired(fault=fault.id, dependency="ledger", fault_kind="redirected", call_id=1)
    assert stage.told(FaultFired) == [fired]
    assert "| `redirected` |" in faults_table()
