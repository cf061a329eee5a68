"""Mistakes that an event which arrives twice brings to light."""

from __future__ import annotations

from sample_app.defects.duplicate.check_then_act import CHECK_THEN_ACT
from sample_app.defects.duplicate.no_dedupe import NO_DEDUPE
from sample_app.defects.kind import Defect

DEFECTS: tuple[Defect, ...] = (
    CHECK_THEN_ACT,
    NO_DEDUPE,
)
