"""Planted defects: each is a mistake that a careful review lets through, and that the harness must find.

One environment variable, ``SAMPLE_APP_DEFECT=<name>``, puts one of them in place of a stage. The app itself has no
branch for any of them. ``python -m sample_app.defects`` lists them as JSON.
"""

from __future__ import annotations

from sample_app.defects.catalogue import DEFECTS, chosen_defect
from sample_app.defects.kind import Defect

__all__ = ["DEFECTS", "Defect", "chosen_defect"]
