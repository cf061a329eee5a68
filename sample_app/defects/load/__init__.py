"""Mistakes that load brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.load.bodies_in_turn import BODIES_IN_TURN
from sample_app.defects.load.descriptor_leak import DESCRIPTOR_LEAK
from sample_app.defects.load.drafts_by_version import DRAFTS_BY_VERSION
from sample_app.defects.load.emitted_behind import EMITTED_BEHIND
from sample_app.defects.load.ids_by_the_clock import IDS_BY_THE_CLOCK
from sample_app.defects.load.leave_at_once import LEAVE_AT_ONCE
from sample_app.defects.load.one_conversation import ONE_CONVERSATION
from sample_app.defects.load.one_thread_free import ONE_THREAD_FREE
from sample_app.defects.load.pairs_of_values import PAIRS_OF_VALUES
from sample_app.defects.load.places_on_disk import PLACES_ON_DISK
from sample_app.defects.load.reads_by_route import READS_BY_ROUTE
from sample_app.defects.load.samples_of_the_rejected import SAMPLES_OF_THE_REJECTED
from sample_app.defects.load.shared_state import SHARED_STATE
from sample_app.defects.load.slots_of_the_lucky import SLOTS_OF_THE_LUCKY
from sample_app.defects.load.the_last_four import THE_LAST_FOUR
from sample_app.defects.load.watchdogs_unleashed import WATCHDOGS_UNLEASHED
from sample_app.defects.load.writers_not_counted_out import WRITERS_NOT_COUNTED_OUT

DEFECTS: tuple[Defect, ...] = (
    BODIES_IN_TURN,
    DESCRIPTOR_LEAK,
    DRAFTS_BY_VERSION,
    EMITTED_BEHIND,
    IDS_BY_THE_CLOCK,
    LEAVE_AT_ONCE,
    ONE_CONVERSATION,
    ONE_THREAD_FREE,
    PAIRS_OF_VALUES,
    PLACES_ON_DISK,
    READS_BY_ROUTE,
    SAMPLES_OF_THE_REJECTED,
    SHARED_STATE,
    SLOTS_OF_THE_LUCKY,
    THE_LAST_FOUR,
    WATCHDOGS_UNLEASHED,
    WRITERS_NOT_COUNTED_OUT,
)
