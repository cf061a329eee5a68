"""Mistakes that an old client brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect

DEFECTS: tuple[Defect, ...] = ()
