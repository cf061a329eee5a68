"""A finding is shown where it can be mended: at the function, else at the entry, else at the configuration."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Family
from harness.model.runs import Handler
from harness.model.scenarios import Entry, Scenario
from harness.report.format import Place
from harness.report.place import in_project, place_of
from tests.unit.report.made import FOUND, RUN

HANDLER = Handler(operation="create_batch", file="shop/routes.py", line=42)


def test_the_function_that_answers_comes_first() -> None:
    """Where the service told which function answers the operation, a finding is shown there."""
    run = replace(RUN, handlers=(replace(HANDLER, operation="other", line=7), HANDLER))
    assert place_of(FOUND[0], "duplicate", run) == Place(file="shop/routes.py", line=42, what="handler")


def test_the_entry_comes_next() -> None:
    """Without a function, the entry of the scenario that found it is shown."""
    assert place_of(FOUND[0], "duplicate", RUN) == Place(file="scenarios/duplicate.yaml", line=4, what="entry")


def test_the_configuration_is_always_there() -> None:
    """What no entry found, as in a reference run, is shown at the configuration."""
    unread = Scenario(name="x", file="x.yaml", family=Family.DUPLICATE, entries=(Entry(id="D01"),))
    for scenario, run in (("", RUN), ("x", replace(RUN, scenarios=(unread,)))):
        assert place_of(FOUND[0], scenario, run) == Place(file="harness.yaml", line=1, what="configuration")


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("harness.yaml", "harness.yaml"),
        ("./a/b.yaml", "a/b.yaml"),
        ("/far/from/here/shop/harness.yaml", "shop/harness.yaml"),
        ("/harness.yaml", "harness.yaml"),
    ],
)
def test_no_path_of_a_machine_is_told(file: str, shown: str) -> None:
    """Of an absolute path no more than the last two parts are shown, and these are a relative path."""
    assert in_project(file) == shown
