"""All planted defects by name, and the one place that puts them in."""

from __future__ import annotations

from collections.abc import Mapping

from sample_app.defects.check_then_act import CHECK_THEN_ACT
from sample_app.defects.deep_nesting_500 import DEEP_NESTING_500
from sample_app.defects.descriptor_leak import DESCRIPTOR_LEAK
from sample_app.defects.kind import Defect
from sample_app.defects.no_dedupe import NO_DEDUPE
from sample_app.defects.no_timeout import NO_TIMEOUT
from sample_app.defects.shared_state import SHARED_STATE
from sample_app.defects.silent_default import SILENT_DEFAULT
from sample_app.defects.timeout_as_success import TIMEOUT_AS_SUCCESS
from sample_app.settings import Settings, SettingsError
from sample_app.stages import Stages
from sample_app.store.database import Database

DEFECTS: Mapping[str, Defect] = {
    defect.name: defect
    for defect in (
        SILENT_DEFAULT,
        DEEP_NESTING_500,
        NO_DEDUPE,
        CHECK_THEN_ACT,
        NO_TIMEOUT,
        TIMEOUT_AS_SUCCESS,
        SHARED_STATE,
        DESCRIPTOR_LEAK,
    )
}


def apply_defect(settings: Settings, database: Database, stages: Stages) -> Stages:
    """Return the stages with the defect that the settings name, or as they are; SettingsError for an unknown name."""
    if settings.defect is None:
        return stages
    defect = DEFECTS.get(settings.defect)
    if defect is None:
        raise SettingsError(f"SAMPLE_APP_DEFECT={settings.defect!r}: expected one of {', '.join(sorted(DEFECTS))}")
    return defect.install(stages, settings, database)
