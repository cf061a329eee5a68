"""Mistakes that load brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.load.descriptor_leak import DESCRIPTOR_LEAK
from sample_app.defects.load.shared_state import SHARED_STATE

DEFECTS: tuple[Defect, ...] = (
    DESCRIPTOR_LEAK,
    SHARED_STATE,
)
