"""What each entry sends for a hand-written operation, and what a correct service makes of it.

The table is the specification, read against the catalogue by people; a new entry gets its row here.
"""

from __future__ import annotations

import pytest

from harness.mutations.registry import catalogue
from tests.unit.mutations.examples import CONTRACT, IN_BODY, OPERATION, made
from tests.unit.mutations.shown import shown

EXPECTED: dict[str, dict[str, str]] = {
    "MC09": {
        "rejected 400": "open garbage",
        "rejected 422": "without-name wrong-name without-count wrong-count",
    },
    "ME01": {
        "rejected 400": "value-name value-tags.0 name behind",
    },
    "ME04": {
        "either": "high-name low-name reversed-pair-name high-tags.0 low-tags.0 reversed-pair-tags.0 name",
    },
    "ME06": {
        "rejected 400 415": "utf-16-le utf-16-be utf-16-le-marked utf-16-be-marked utf-32-le utf-32-be-marked",
    },
    "ME07": {
        "either": "only-name inside-name behind-name only-tags.0 inside-tags.0 behind-tags.0",
        "rejected 400 422": "name",
    },
    "MH01": {
        "rejected 405": "put patch delete",
    },
    "MH02": {
        "rejected by policy 415 400": "none",
    },
    "MH03": {
        "rejected 415": "plain-text form multipart xml bytes",
    },
    "MH09": {
        "accepted": "limit-minus-1 limit",
        "rejected 413": "limit-plus-1 chunked-limit-plus-1",
        "either": "chunked-limit",
    },
    "MH16": {
        "rejected by policy 400, no identity": "empty blank",
        "rejected 400 422 431": "too-long",
        "either": "at-the-limit quoted quote-left-open",
        "rejected by policy 400": "not-ascii control-byte list two-lines",
    },
    "MJ01": {
        "rejected 400": "empty spaces line-ends byte-order-mark",
    },
    "MJ02": {
        "rejected 400 422": "null true zero empty-text text empty-list in-a-list empty-object",
    },
    "MJ03": {
        "rejected 400": (
            "last-bracket-missing last-bracket-twice last-bracket-wrong first-bracket-missing "
            "first-bracket-twice comma-missing comma-twice colon-missing colon-twice comma-behind-last-item "
            "comma-behind-last"
        ),
    },
    "MJ04": {
        "rejected 400": (
            "line-comment block-comment hash-comment bare-name single-quoted-name single-quotes-name "
            "python-none-name python-true-name javascript-undefined-name"
        ),
    },
    "MJ05": {
        "rejected 400": (
            "two-documents json-lines letters-behind comma-behind nul-behind form-feed-behind garbage-before"
        ),
    },
    "MJ06": {
        "rejected 400": (
            "nan-name infinity-name minus-infinity-name nan-count infinity-count minus-infinity-count "
            "nan-in-an-extra-field"
        ),
    },
    "MJ07": {
        "rejected 400 422": (
            "overflow-name negative-overflow-name underflow-name overflow-count negative-overflow-count"
        ),
        "either": "underflow-count",
    },
    "MJ08": {
        "rejected 400 413 422": (
            "4300-digits-name 4301-digits-name 100000-digits-name 4300-digits-count 4301-digits-count "
            "100000-digits-count"
        ),
    },
    "MJ10": {
        "either": "same-value-name same-value-count",
        "rejected by policy 400": "other-value-name escaped-twin-name other-value-count escaped-twin-count",
    },
    "MJ11": {
        "rejected 400 413 422": (
            "100-lists-name 100-objects-name 1000-lists-name 1000-objects-name 5000-lists-name "
            "5000-objects-name 100000-open-brackets-name 5000-lists-at-the-top 100000-lists-at-the-top "
            "100000-open-brackets"
        ),
    },
    "MJ12": {
        "rejected 400": (
            "hex-escape-name short-escape-name letters-in-escape-name escaped-single-quote-name "
            "lone-backslash-name raw-tab-name raw-line-end-name raw-nul-name"
        ),
    },
    "MS01": {
        "rejected 422": "name count",
    },
    "MS02": {
        "rejected 422": "name count tags tags.0",
    },
    "MS03": {
        "rejected 422": (
            "empty-text-name empty-list-name empty-object-name zero-name false-name empty-text-count "
            "empty-list-count empty-object-count false-count empty-text-tags empty-object-tags zero-tags "
            "false-tags empty-list-tags.0 empty-object-tags.0 zero-tags.0 false-tags.0"
        ),
        "accepted": "zero-count empty-list-tags",
        "either": "empty-text-tags.0",
    },
    "MS04": {
        "either": (
            "spaces-name tab-and-line-end-name no-break-space-name zero-width-space-name spaces-tags.0 "
            "tab-and-line-end-tags.0 no-break-space-tags.0 zero-width-space-tags.0"
        ),
    },
    "MS05": {
        "rejected 422": (
            "integer-name fraction-name list-name object-name in-a-list-name text-count fraction-count "
            "list-count object-count as-text-count in-a-list-count text-tags integer-tags fraction-tags "
            "object-tags as-text-tags integer-tags.0 fraction-tags.0 list-tags.0 object-tags.0 "
            "in-a-list-tags.0"
        ),
        "either": "as-fraction-count",
    },
    "MS06": {
        "rejected 422": ("true-name false-name true-count false-count true-tags false-tags true-tags.0 false-tags.0"),
    },
    "MS08": {
        "rejected 422": "0-characters-name longest-plus-1-name longest-plus-1-of-two-byte-characters-name",
        "either": "1-character-name 0-characters-tags.0 1-character-tags.0",
        "accepted": "longest-name longest-of-two-byte-characters-name",
    },
    "MS10": {
        "rejected 422": (
            "extra-text extra-null extra-object misspelt-name other-case-name space-behind-name "
            "misspelt-count other-case-count space-behind-count misspelt-tags other-case-tags "
            "space-behind-tags"
        ),
    },
    "MS18": {
        "accepted": "required-only every-optional",
    },
    "MW01": {
        "rejected 400": "no-host",
    },
    "MW13": {
        "rejected 400": "letters negative plus-sign underscore hexadecimal fraction superscript-digits empty",
        "accepted": "space-behind",
    },
    "MW14": {
        "rejected 400": "two-lines-first-right two-lines-last-right list-first-right list-last-right",
        "either": "two-lines-equal list-equal",
    },
    "MW19": {
        "rejected 400": "letters negative hexadecimal-prefix plus-sign underscore empty",
        "unanswered or rejected": "2-to-the-64 wraps-to-right",
        "either": "extension-64-kB",
    },
    "MW21": {
        "unanswered or rejected 400 408": "fin fin-inside-a-chunk reset silence",
    },
    "MW22": {
        "unanswered or rejected 400 408": "far-too-short one-byte-short",
    },
    "MW23": {
        "unanswered or rejected 400 408, no identity": "head-80",
        "unanswered or rejected 400 408": "head-158 body-0 body-1 body-8 body-15 body-24 body-34 body-38 body-41",
    },
    "MW31": {
        "rejected 400": "bad-length bad-body",
        "rejected 400 415": "unread-body",
        "rejected 405": "unread-body-wrong-method",
    },
}


@pytest.mark.parametrize("entry", sorted(catalogue()))
def test_each_entry_sends_what_the_table_says(entry: str) -> None:
    """Labels, oracle, statuses, force and identity of every variant are those written down."""
    assert shown(catalogue()[entry], made(OPERATION, CONTRACT)) == EXPECTED[entry]


def test_the_table_names_no_entry_that_is_gone() -> None:
    """Every row belongs to an entry of the catalogue."""
    assert set(EXPECTED) == set(catalogue())


def test_an_identity_in_the_body_is_malformed_like_any_other_text() -> None:
    """A lone surrogate in a key breaks the store that keeps it; the message has lost its identity by then."""
    assert shown(catalogue()["ME04"], made(IN_BODY)) == {
        "either": "high-data.text low-data.text reversed-pair-data.text name",
        "either, no identity": "high-id low-id reversed-pair-id",
    }
