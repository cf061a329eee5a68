"""Mistakes that an event which arrives twice brings to light."""

from __future__ import annotations

from sample_app.defects.duplicate.answer_before_effect import ANSWER_BEFORE_EFFECT
from sample_app.defects.duplicate.check_then_act import CHECK_THEN_ACT
from sample_app.defects.duplicate.cleared_at_boot import CLEARED_AT_BOOT
from sample_app.defects.duplicate.entry_named_by_request import ENTRY_NAMED_BY_REQUEST
from sample_app.defects.duplicate.failure_kept import FAILURE_KEPT
from sample_app.defects.duplicate.file_per_start import FILE_PER_START
from sample_app.defects.duplicate.fingerprint_of_items import FINGERPRINT_OF_ITEMS
from sample_app.defects.duplicate.key_and_digest import KEY_AND_DIGEST
from sample_app.defects.duplicate.key_per_attempt import KEY_PER_ATTEMPT
from sample_app.defects.duplicate.keys_by_process import KEYS_BY_PROCESS
from sample_app.defects.duplicate.lock_in_process import LOCK_IN_PROCESS
from sample_app.defects.duplicate.no_dedupe import NO_DEDUPE
from sample_app.defects.duplicate.pruned_keys import PRUNED_KEYS
from sample_app.defects.duplicate.reserved_keys import RESERVED_KEYS
from sample_app.defects.duplicate.short_replay import SHORT_REPLAY
from sample_app.defects.duplicate.shortened_keys import SHORTENED_KEYS
from sample_app.defects.duplicate.stale_claims_dropped import STALE_CLAIMS_DROPPED
from sample_app.defects.kind import Defect

DEFECTS: tuple[Defect, ...] = (
    ANSWER_BEFORE_EFFECT,
    CHECK_THEN_ACT,
    CLEARED_AT_BOOT,
    ENTRY_NAMED_BY_REQUEST,
    FAILURE_KEPT,
    FILE_PER_START,
    FINGERPRINT_OF_ITEMS,
    KEY_AND_DIGEST,
    KEY_PER_ATTEMPT,
    KEYS_BY_PROCESS,
    LOCK_IN_PROCESS,
    NO_DEDUPE,
    PRUNED_KEYS,
    RESERVED_KEYS,
    SHORT_REPLAY,
    SHORTENED_KEYS,
    STALE_CLAIMS_DROPPED,
)
