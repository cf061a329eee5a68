"""The example of the page about new checks works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness.checks
from harness.checks._page import checks_table
from harness.checks.registry import checks, judge
from harness.model.cases import Family
from tests.checks.scenes import exchange, scope, symptoms

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def new_check(tmp_path: Path) -> Iterator[None]:
    """Put the example of the page beside the shipped checks, as a new file there would be."""
    (example,) = re.findall(r"```python\n(.*?)```", (DOCS / "adding-a-check.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "answers_are_signed.py").write_text(example, "utf-8")
    harness.checks.__path__.append(str(tmp_path))
    checks.cache_clear()
    yield
    harness.checks.__path__.remove(str(tmp_path))
    sys.modules.pop("harness.checks.answers_are_signed", None)
    checks.cache_clear()


@pytest.mark.usefixtures("new_check")
def test_the_example_of_a_new_check_works_as_soon_as_its_file_is_there() -> None:
    """A new file is a new check: it judges its family and has its row in the table, with nothing else changed."""
    said = {judgement.check: judgement for judgement in judge(scope(Family.MALFORMED, exchange("trouble", 0)))}
    assert said["answers-are-signed"].opportunities == 1
    assert symptoms(said["answers-are-signed"]) == {"no Server": ("minor should", "application", (1,))}
    assert "| `answers-are-signed` | Every answer carries a Server header. | malformed-payload |" in checks_table()
