"""Mistakes that a dependency in trouble brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.timeout.no_timeout import NO_TIMEOUT
from sample_app.defects.timeout.timeout_as_success import TIMEOUT_AS_SUCCESS

DEFECTS: tuple[Defect, ...] = (
    NO_TIMEOUT,
    TIMEOUT_AS_SUCCESS,
)
