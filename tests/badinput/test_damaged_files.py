"""A file of any kind, damaged anyhow, is read or refused with its place: no traceback, no hang, never a wrong value."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.exchange.documents import Source
from harness.exchange.formats import FORMATS, read
from tests.badinput.damaged import SOUND, damaged

SHARE = 4_000
"""How many of the ten thousand files are damaged on every change: under 15 seconds."""


def test_each_kind_is_sound_before_it_is_damaged() -> None:
    """Every format that is read is there, and incidents are; none is refused as it stands."""
    assert set(SOUND) == {*FORMATS, "incident"}
    for kind, files in SOUND.items():
        for data in files if kind != "incident" else ():
            assert read(Source(file="seen", data=data), "auto", {}) == read(Source(file="seen", data=data), kind, {})


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    """A share of the files of ``python -m tests.prove files``; both ends come about for every kind."""
    seen = tuple(damaged(SHARE // 4, seed))
    assert [(each.kind, each.complaint, each.data) for each in seen if each.complaint] == []
    ends = Counter((each.kind, each.refused) for each in seen)
    assert min(ends[kind, True] for kind in SOUND) > 0


@pytest.mark.prove
def test_ten_thousand_damaged_files_are_read_or_refused() -> None:
    """What make prove does, for whoever wants it as a test."""
    assert [(each.kind, each.complaint, each.data) for each in damaged(10_000, 1) if each.complaint] == []
