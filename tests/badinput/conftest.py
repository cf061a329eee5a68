"""The project without a mistake, in a directory of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.targets.conftest import Stage

from .commands import write_small
from .project import write_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the project and make its directory the current one."""
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a project that runs in a second or two, and make its directory the current one."""
    write_small(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Give each test a stage of its own, on which services are started."""
    stage = Stage(tmp_path)
    yield stage
    stage.stop()
