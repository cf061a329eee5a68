"""What several tests look at is made once for all workers of a test session, not once by each of them."""

from __future__ import annotations

import fcntl
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what ``make`` returns, called in one worker with a directory of its own; the others wait and read it.

    What it returns is pickled, and what lies in the directory is read by all: no test may change it, and a server that
    has to stand meanwhile is none of it. Where ``make`` raises, the next worker that asks tries again.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shared)))))
        made: Made = pickle.loads(kept.read_bytes())
    return made
