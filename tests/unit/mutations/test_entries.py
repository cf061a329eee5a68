"""What each entry sends for a hand-written operation, and what a correct service makes of it.

The table is the specification, read against the catalogue by people; a new entry gets its row here.
"""

from __future__ import annotations

import pytest

from harness.mutations.registry import catalogue
from tests.unit.mutations.examples import CONTRACT, IN_BODY, OPERATION, made
from tests.unit.mutations.shown import shown

EXPECTED: dict[str, dict[str, str]] = {
    "MC01": {
        "either": "zero-count",
        "rejected 422": "negative-count very-negative-count absurd-count a-fraction-of-the-least-count",
    },
    "MC07": {
        "either": "texts texts-and-lists",
    },
    "MC09": {
        "rejected 400": "open garbage",
        "rejected 422": "without-name wrong-name without-count wrong-count",
    },
    "MC10": {
        "accepted": "names-reversed spread-out compact escaped",
    },
    "MC11": {
        "rejected 422": "null-tags.0",
        "either": "empty-tags.0 blank-tags.0 doubled-tags",
    },
    "MC15": {
        "unanswered or rejected 400 408": "cut-in-the-middle cut-at-the-end",
        "rejected 400": "garbage-behind not-utf-8",
        "rejected 422": "without-name wrong-name without-count wrong-count wrong-tags",
    },
    "MC16": {
        "rejected 400": "other-last-bracket nul-as-last-bracket",
        "either": "twin-name twin-tags.0",
    },
    "MC17": {
        "rejected 400": "cut-behind latin-1-name latin-1-tags.0",
        "either": (
            "accents-name chinese-name devanagari-name emoji-name accents-tags.0 chinese-tags.0 "
            "devanagari-tags.0 emoji-tags.0"
        ),
    },
    "ME01": {
        "rejected 400": "value-name value-tags.0 name behind",
    },
    "ME02": {
        "rejected 400": (
            "overlong-slash-name overlong-in-three-name five-bytes-name beyond-the-last-name "
            "lone-continuation-name cut-at-the-end-name"
        ),
    },
    "ME03": {
        "rejected 400": "high-name low-name pair-name",
    },
    "ME04": {
        "either": "high-name low-name reversed-pair-name high-tags.0 low-tags.0 reversed-pair-tags.0 name",
    },
    "ME05": {
        "either": "before",
        "rejected 400": "twice behind",
    },
    "ME06": {
        "rejected 400 415": "utf-16-le utf-16-be utf-16-le-marked utf-16-be-marked utf-32-le utf-32-be-marked",
    },
    "ME07": {
        "either": "only-name inside-name behind-name only-tags.0 inside-tags.0 behind-tags.0",
        "rejected 400 422": "name",
    },
    "ME08": {
        "rejected 400": "raw-start-of-heading-name raw-vertical-tab-name raw-escape-name raw-unit-separator-name",
        "either": "delete-name next-line-name escaped-backspace-name escaped-bell-name",
    },
    "ME10": {
        "either": (
            "right-to-left-override-name isolate-left-open-name zero-width-joiner-name tag-characters-name "
            "byte-order-mark-name cyrillic-a-name non-character-name private-use-name "
            "right-to-left-override-tags.0 isolate-left-open-tags.0 zero-width-joiner-tags.0 "
            "tag-characters-tags.0 byte-order-mark-tags.0 cyrillic-a-tags.0 non-character-tags.0 "
            "private-use-tags.0"
        ),
    },
    "ME11": {
        "either": (
            "accents-name chinese-name devanagari-name emoji-name accents-tags.0 chinese-tags.0 "
            "devanagari-tags.0 emoji-tags.0"
        ),
    },
    "ME15": {
        "either": (
            "sql-quote-name sql-percent-name template-name formula-name word-null-name word-undefined-name "
            "number-name regular-expression-name entity-name sql-quote-tags.0 sql-percent-tags.0 "
            "template-tags.0 format-tags.0 log-lookup-tags.0 path-tags.0 formula-tags.0 markup-tags.0 "
            "shell-tags.0 word-null-tags.0 word-undefined-tags.0 number-tags.0 regular-expression-tags.0 "
            "entity-tags.0"
        ),
        "rejected 422": "format-name log-lookup-name path-name markup-name shell-name",
    },
    "ME16": {
        "rejected 422 400": (
            "line-end-name unix-line-end-name terminal-escape-name coded-line-end-name line-separator-name "
            "as-name as-value-of-an-unknown-name alone in-place-of-count"
        ),
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
    "MH05": {
        "rejected by policy 400 415": "json-first json-last equal",
    },
    "MH06": {
        "accepted": "upper-case",
        "either": (
            "charset space-before-semicolon quoted-charset two-semicolons parameter-without-name "
            "quote-left-open suffix no-subtype unknown-charset"
        ),
    },
    "MH07": {
        "either": "gzip",
        "rejected 415 400": "gzip-cut gzip-twice-said-once",
        "rejected by should 415 400": "gzip-without-trailer plain-as-gzip unknown",
        "rejected 400": "gzip-not-said",
    },
    "MH09": {
        "accepted": "limit-minus-1 limit",
        "rejected 413": "limit-plus-1 chunked-limit-plus-1",
        "either": "chunked-limit",
    },
    "MH10": {
        "either": "xml-only nothing-at-all garbage weight-of-letters 8-kB",
    },
    "MH11": {
        "rejected by policy 404 400 405": ("lone-percent no-digits nul overlong-slash dots-and-slashes twice-coded"),
    },
    "MH15": {
        "either": "empty 4-kB quotes escaped-line-end backslashes emoji markup",
    },
    "MH16": {
        "rejected by policy 400, no identity": "empty blank",
        "rejected 400 422 431": "too-long",
        "either": "at-the-limit quoted quote-left-open",
        "rejected by policy 400": "not-ascii control-byte list two-lines",
    },
    "MH20": {
        "either": "head options",
        "rejected by policy 405 501 404 400": "trace connect",
    },
    "MH21": {
        "either": "request-as-content request-as-chunks",
        "either, no identity": "request-behind",
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
    "MJ09": {
        "rejected 400": (
            "leading-zero-name plus-sign-name no-digit-before-point-name no-digit-behind-point-name "
            "hexadecimal-name minus-alone-name exponent-alone-name underscore-name comma-name arabic-digit-name"
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
    "MJ13": {
        "rejected 413": "long-text-name long-list-tags long-name many-names",
    },
    "MJ14": {
        "rejected 422 400": "proto class constructor dict ref where self empty-name",
    },
    "MJ16": {
        "rejected 400": "after-1 after-10 after-20 after-30 after-40 after-41",
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
            "object-tags as-text-tags integer-tags.0 fraction-tags.0 list-tags.0 object-tags.0 in-a-list-tags.0"
        ),
        "either": "as-fraction-count",
    },
    "MS06": {
        "rejected 422": ("true-name false-name true-count false-count true-tags false-tags true-tags.0 false-tags.0"),
    },
    "MS07": {
        "rejected 422": (
            "minus-1-count 2-to-the-53-plus-1-count 2-to-the-63-count minus-2-to-the-63-minus-1-count "
            "2-to-the-64-count a-tenth-and-two-count beyond-minimum-count beyond-maximum-count"
        ),
        "accepted": "minimum-count maximum-count",
        "either": "minus-0-count",
    },
    "MS08": {
        "rejected 422": "0-characters-name longest-plus-1-name longest-plus-1-of-two-byte-characters-name",
        "either": "1-character-name 0-characters-tags.0 1-character-tags.0",
        "accepted": "longest-name longest-of-two-byte-characters-name",
    },
    "MS09": {},
    "MS10": {
        "rejected 422": (
            "extra-text extra-null extra-object misspelt-name other-case-name space-behind-name misspelt-count "
            "other-case-count space-behind-count misspelt-tags other-case-tags space-behind-tags"
        ),
    },
    "MS11": {
        "rejected 422": "first-tags middle-tags last-tags last-of-many-tags",
    },
    "MS12": {
        "rejected 422 400": (
            "as-text-all in-a-list-all as-pairs-all as-text-tags in-a-list-tags as-numbered-object-tags "
            "first-item-alone-tags"
        ),
    },
    "MS14": {},
    "MS18": {
        "accepted": "required-only every-optional",
    },
    "MS19": {},
    "MS20": {
        "either": "step-01-delete-tags.0 step-07-delete-tags step-29-double-tags.0 step-53-type-name",
        "rejected 422 400": (
            "step-02-type-all step-05-type-all step-06-delete-name step-09-double-count step-12-double-tags "
            "step-13-type-name step-14-swap-name step-17-type-count step-18-delete-count step-21-type-count "
            "step-31-swap-name step-32-double-name step-33-type-count step-36-type-all step-42-type-all "
            "step-44-swap-count step-46-type-all step-47-type-all step-48-type-all step-49-type-tags.0 "
            "step-50-type-all step-60-type-tags.0"
        ),
    },
    "MW01": {
        "rejected 400": "no-host",
    },
    "MW02": {
        "rejected 400": "equal other-last other-first",
    },
    "MW03": {
        "rejected 400": "space-inside user-information path letters-as-port bracket-left-open",
        "rejected by policy 400": "empty empty-label port-99999",
    },
    "MW10": {
        "rejected by policy 414 400 431": "query path",
    },
    "MW11": {
        "rejected by policy 431 400": "one-of-70-kB 500-fields 1-MB-in-all",
    },
    "MW13": {
        "rejected 400": "letters negative plus-sign underscore hexadecimal fraction superscript-digits empty",
        "accepted": "space-behind",
    },
    "MW14": {
        "rejected 400": "two-lines-first-right two-lines-last-right list-first-right list-last-right",
        "either": "two-lines-equal list-equal",
    },
    "MW15": {
        "unanswered or rejected 400 413": "10-to-the-20 2-to-the-63 wraps-at-64-bits wraps-at-32-bits",
    },
    "MW17": {
        "rejected by policy 400": "length-first length-last length-of-the-content length-0",
    },
    "MW18": {
        "unanswered or rejected 400 501": ("unknown unknown-behind-chunked almost-chunked vertical-tab-before quoted"),
        "either": "chunked-twice under-version-1.0",
    },
    "MW19": {
        "rejected 400": "letters negative hexadecimal-prefix plus-sign underscore empty",
        "unanswered or rejected": "2-to-the-64 wraps-to-right",
        "either": "extension-64-kB",
    },
    "MW20": {
        "unanswered or rejected 400": "data-longer data-shorter line-end-missing other-line-end",
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
    "MW24": {
        "rejected 400": "5-bytes all-but-one none",
        "either": "stray-bytes-behind",
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
