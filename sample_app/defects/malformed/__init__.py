"""Mistakes that a malformed payload brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.malformed.deep_nesting_500 import DEEP_NESTING_500
from sample_app.defects.malformed.silent_default import SILENT_DEFAULT

DEFECTS: tuple[Defect, ...] = (
    DEEP_NESTING_500,
    SILENT_DEFAULT,
)
