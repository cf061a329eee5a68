"""Mistakes that a malformed payload brings to light."""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.defects.malformed.all_that_was_wrong import ALL_THAT_WAS_WRONG
from sample_app.defects.malformed.deep_nesting_500 import DEEP_NESTING_500
from sample_app.defects.malformed.falsy_as_empty import FALSY_AS_EMPTY
from sample_app.defects.malformed.ids_compared_last import IDS_COMPARED_LAST
from sample_app.defects.malformed.keys_in_hand import KEYS_IN_HAND
from sample_app.defects.malformed.known_by_its_head import KNOWN_BY_ITS_HEAD
from sample_app.defects.malformed.last_known_sender import LAST_KNOWN_SENDER
from sample_app.defects.malformed.limit_in_bytes import LIMIT_IN_BYTES
from sample_app.defects.malformed.plain_text_audit import PLAIN_TEXT_AUDIT
from sample_app.defects.malformed.refusals_replayed import REFUSALS_REPLAYED
from sample_app.defects.malformed.running_decoder import RUNNING_DECODER
from sample_app.defects.malformed.silent_default import SILENT_DEFAULT
from sample_app.defects.malformed.trusted_length import TRUSTED_LENGTH
from sample_app.defects.malformed.turns_at_the_parser import TURNS_AT_THE_PARSER

DEFECTS: tuple[Defect, ...] = (
    ALL_THAT_WAS_WRONG,
    DEEP_NESTING_500,
    FALSY_AS_EMPTY,
    IDS_COMPARED_LAST,
    KEYS_IN_HAND,
    KNOWN_BY_ITS_HEAD,
    LAST_KNOWN_SENDER,
    LIMIT_IN_BYTES,
    PLAIN_TEXT_AUDIT,
    REFUSALS_REPLAYED,
    RUNNING_DECODER,
    SILENT_DEFAULT,
    TRUSTED_LENGTH,
    TURNS_AT_THE_PARSER,
)
