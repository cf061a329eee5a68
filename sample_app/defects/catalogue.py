"""All planted defects by name, and the one place that chooses among them."""

from __future__ import annotations

from collections.abc import Mapping

from sample_app.defects import duplicate, load, malformed, timeout, versions
from sample_app.defects.kind import Defect
from sample_app.settings import Settings, SettingsError

FAMILIES = (malformed, duplicate, timeout, load, versions)
DEFECTS: Mapping[str, Defect] = {defect.name: defect for family in FAMILIES for defect in family.DEFECTS}

NONE = Defect(name="", family="load", entry="", check="", combination=False, story="")


def chosen_defect(settings: Settings) -> Defect:
    """Return the defect that the settings name, or one that changes nothing; SettingsError for an unknown name."""
    if settings.defect is None:
        return NONE
    defect = DEFECTS.get(settings.defect)
    if defect is None:
        raise SettingsError(f"SAMPLE_APP_DEFECT={settings.defect!r}: expected one of {', '.join(sorted(DEFECTS))}")
    return defect
