"""The stage of most tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .stage import Stage, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Run a double of the ledger."""
    with staged() as running:
        yield running
