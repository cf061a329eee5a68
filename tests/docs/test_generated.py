"""The generated parts of the documentation are what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.parts import generated, renewed

PAGES = generated()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_generated_page_is_current(page: Path) -> None:
    """Nothing generated is older than its code; ``python -m tests.docs`` renews all of it."""
    assert page.read_text(encoding="utf-8") == PAGES[page]


def test_what_has_no_place_is_missed() -> None:
    """A command, a family or a table that a page forgot is named, and so is a place that nothing fills."""
    page = "<!-- generated: one -->\n\nold\n\n<!-- end -->\n"
    assert renewed(page, {"one": lambda: "new"}) == page.replace("old", "new")
    with pytest.raises(ValueError, match=r"no place for \['two'\], nothing that makes \['one'\]"):
        renewed(page, {"two": lambda: "new"})
