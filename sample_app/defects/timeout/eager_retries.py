"""The ledger is tried again for as long as there is time, so its trouble costs it many times its usual calls.

Family: timeout. Found by: T23 (calls-bounded; unavailable for ever).
In real life: three tries were not enough in a week of flaky network, and the deadline bounds them anyway. When the
ledger restarted it was met by forty times its usual traffic, fell over, and did so for six hours.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.settings import Settings

TRIES = 40  # more than fit into any deadline: the time decides
FIRST_PAUSE = 0.001  # seconds


def configure(settings: Settings) -> Settings:
    """Let the deadline alone say when it is enough."""
    return replace(settings, ledger_tries=TRIES, backoff=FIRST_PAUSE)


EAGER_RETRIES = Defect(
    name="eager-retries",
    family="timeout",
    entry="T23",
    check="calls-bounded",
    combination=False,
    story="Three tries were not enough in a week of flaky network, and the deadline bounds them anyway. When the "
    "ledger restarted it was met by forty times its usual traffic, and fell over for six hours.",
    configure=configure,
)
