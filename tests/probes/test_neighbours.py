"""What others took of the machine: told from what the harness and its service took themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from harness.probes.neighbours import NOT_KNOWN, Reading, meter, reading, share_of_others

BURN = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
ORPHAN = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {BURN!r}], start_new_session=True, stdout=-3, stderr=-3).pid)"


@pytest.mark.parametrize(
    ("after", "share"),
    [
        (Reading(total=200, busy=80, own=60), 0.1),
        (Reading(total=200, busy=70, own=60), 0.0),
        (Reading(total=200, busy=60, own=70), 0.0),
        (Reading(total=100, busy=50, own=40), 0.0),
    ],
    ids=["a tenth", "nothing", "rounded below nothing", "no time passed"],
)
def test_the_share_of_others_is_what_is_busy_and_not_our_own(after: Reading, share: float) -> None:
    """Busy time less our own, as a part of all the time that there was."""
    assert share_of_others(Reading(total=100, busy=50, own=40), after) == share


def test_a_system_that_tells_nothing_is_not_taken_for_a_quiet_one() -> None:
    """Without the kernel's account the share is not known, and never zero."""
    assert meter(lambda: None)() == NOT_KNOWN


def test_our_own_children_are_no_neighbours() -> None:
    """What a child of ours burns is our own: while it runs, and after it was waited for."""
    before = reading()
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"], check=True)
    after = reading()
    assert before is not None
    assert after is not None
    assert after.own - before.own >= 0.4 * os.sysconf("SC_CLK_TCK")


def test_a_process_that_is_not_ours_is_a_neighbour() -> None:
    """A process that another parent has adopted shows as a share of the machine."""
    pid = int(subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True, check=True).stdout)
    try:
        share = meter()
        time.sleep(1.0)
        assert share() >= 0.3 / (os.cpu_count() or 1)
    finally:
        os.kill(pid, signal.SIGKILL)
