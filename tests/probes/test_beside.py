"""What goes on beside a block ends with it, and does not break unseen."""

from __future__ import annotations

import threading

import pytest

from harness.probes.beside import beside


def _breaks(_: threading.Event) -> None:
    raise ZeroDivisionError("the probe broke")


def _waits(over: threading.Event) -> None:
    over.wait()


def test_a_thread_that_broke_is_told_at_the_end_of_the_block() -> None:
    """What it was to see from then on nobody saw: that is no quiet end."""
    with pytest.raises(ZeroDivisionError, match="the probe broke"), beside(_waits, _breaks):
        pass


def test_what_broke_the_block_comes_first() -> None:
    """The error of the block is the one that the caller knows what to do with."""
    with pytest.raises(KeyError), beside(_breaks):
        raise KeyError


def test_threads_that_end_well_are_waited_for() -> None:
    """The block's end tells them to return."""
    seen: list[bool] = []
    with beside(lambda over: seen.append(over.wait(10))):
        assert seen == []
    assert seen == [True]
