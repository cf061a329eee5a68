"""Mistakes that a dependency in trouble brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.timeout.breaker_in_milliseconds import BREAKER_IN_MILLISECONDS
from sample_app.defects.timeout.checked_at_boot import CHECKED_AT_BOOT
from sample_app.defects.timeout.claim_runs_out import CLAIM_RUNS_OUT
from sample_app.defects.timeout.closed_while_degraded import CLOSED_WHILE_DEGRADED
from sample_app.defects.timeout.created_without_body import CREATED_WITHOUT_BODY
from sample_app.defects.timeout.eager_retries import EAGER_RETRIES
from sample_app.defects.timeout.failed_attempts_tidied import FAILED_ATTEMPTS_TIDIED
from sample_app.defects.timeout.failures_remembered import FAILURES_REMEMBERED
from sample_app.defects.timeout.follows_redirects import FOLLOWS_REDIRECTS
from sample_app.defects.timeout.kept_connection import KEPT_CONNECTION
from sample_app.defects.timeout.late_is_asked_again import LATE_IS_ASKED_AGAIN
from sample_app.defects.timeout.no_timeout import NO_TIMEOUT
from sample_app.defects.timeout.outgoing_keys_in_memory import OUTGOING_KEYS_IN_MEMORY
from sample_app.defects.timeout.per_read_timeout import PER_READ_TIMEOUT
from sample_app.defects.timeout.refusals_passed_on import REFUSALS_PASSED_ON
from sample_app.defects.timeout.room_for_all import ROOM_FOR_ALL
from sample_app.defects.timeout.seconds_for_milliseconds import SECONDS_FOR_MILLISECONDS
from sample_app.defects.timeout.timeout_as_success import TIMEOUT_AS_SUCCESS
from sample_app.defects.timeout.titles_left_out import TITLES_LEFT_OUT
from sample_app.defects.timeout.waits_as_told import WAITS_AS_TOLD

DEFECTS: tuple[Defect, ...] = (
    NO_TIMEOUT,
    TIMEOUT_AS_SUCCESS,
    PER_READ_TIMEOUT,
    EAGER_RETRIES,
    BREAKER_IN_MILLISECONDS,
    CLOSED_WHILE_DEGRADED,
    WAITS_AS_TOLD,
    CREATED_WITHOUT_BODY,
    REFUSALS_PASSED_ON,
    KEPT_CONNECTION,
    ROOM_FOR_ALL,
    CLAIM_RUNS_OUT,
    TITLES_LEFT_OUT,
    FAILURES_REMEMBERED,
    FAILED_ATTEMPTS_TIDIED,
    SECONDS_FOR_MILLISECONDS,
    FOLLOWS_REDIRECTS,
    CHECKED_AT_BOOT,
    OUTGOING_KEYS_IN_MEMORY,
    LATE_IS_ASKED_AGAIN,
)
