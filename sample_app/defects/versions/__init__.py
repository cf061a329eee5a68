"""Mistakes that an old client brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.versions.fewer_error_types import FEWER_ERROR_TYPES
from sample_app.defects.versions.keys_follow_the_client import KEYS_FOLLOW_THE_CLIENT
from sample_app.defects.versions.liberal_reader import LIBERAL_READER
from sample_app.defects.versions.no_farewell_in_trouble import NO_FAREWELL_IN_TROUBLE
from sample_app.defects.versions.nulls_left_out import NULLS_LEFT_OUT
from sample_app.defects.versions.one_archive import ONE_ARCHIVE
from sample_app.defects.versions.one_set_of_rules import ONE_SET_OF_RULES
from sample_app.defects.versions.positions_for_people import POSITIONS_FOR_PEOPLE
from sample_app.defects.versions.replays_as_they_were import REPLAYS_AS_THEY_WERE
from sample_app.defects.versions.rules_of_the_sender import RULES_OF_THE_SENDER
from sample_app.defects.versions.steady_order import STEADY_ORDER
from sample_app.defects.versions.totals_for_all import TOTALS_FOR_ALL

DEFECTS: tuple[Defect, ...] = (
    FEWER_ERROR_TYPES,
    KEYS_FOLLOW_THE_CLIENT,
    LIBERAL_READER,
    NO_FAREWELL_IN_TROUBLE,
    NULLS_LEFT_OUT,
    ONE_ARCHIVE,
    ONE_SET_OF_RULES,
    POSITIONS_FOR_PEOPLE,
    REPLAYS_AS_THEY_WERE,
    RULES_OF_THE_SENDER,
    STEADY_ORDER,
    TOTALS_FOR_ALL,
)
