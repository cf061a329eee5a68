"""A directory that all examples of a property share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session", name="tmp_path_factory_")
def shared_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory."""
    return tmp_path_factory.mktemp("draft")
