"""JSON as RFC 8259 and I-JSON (RFC 7493) have it, where Python's own reader is more generous.

Refused, all with 400: bytes that are not UTF-8; a byte order mark; NaN and Infinity; numbers too large for a double,
integers of more than 4,300 digits; nesting over the limit; a name twice in one object, escaped or not; escapes of
lone surrogates. Depth is counted before the reader runs, in linear time, so no input reaches Python's recursion limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isinf
from typing import NoReturn

from sample_app.contract_kind import Contract
from sample_app.problems import Problem
from sample_app.records import JsonValue

Parse = Callable[[bytes], JsonValue]

# Possessive (*+, ?+), so that a string that never ends costs one pass and not one for each quotation mark in it.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?+|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL)
BYTE_ORDER_MARK = "\ufeff"

CONTRACT = Contract(
    name="parse",
    input=("Bytes of one JSON document (RFC 8259), UTF-8 without a byte order mark, within the limit of nesting.",),
    guarantees=(
        "A document that every reader understands alike (RFC 7493): no name twice, no number out of range, no NaN.",
        "Every text of it can be stored and sent on: no lone surrogates.",
        "No input reaches Python's recursion limit; depth is counted before the reader runs, in linear time.",
    ),
    errors=("encoding-invalid", "json-too-deep", "json-invalid", "json-ambiguous"),
    non_goals=("No repair: nothing is dropped, replaced or converted.",),
)


def parser(max_nesting: int) -> Parse:
    """Build the parse stage: bytes to a JSON value with at most ``max_nesting`` open brackets at any point."""

    def parse(body: bytes) -> JsonValue:
        """Read one document."""
        text = decode(body)
        check_nesting(text, max_nesting)
        document = read(text)
        if "\\u" in text:
            check_surrogates(document)
        return document

    return parse


def decode(body: bytes) -> str:
    """Decode UTF-8; RFC 8259, section 8.1 lets a receiver refuse the byte order mark, and this one does."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Problem("encoding-invalid", f"the byte at offset {wrong.start} is not UTF-8") from wrong
    if text.startswith(BYTE_ORDER_MARK):
        raise Problem("encoding-invalid", "the body starts with a byte order mark")
    return text


def check_nesting(text: str, limit: int) -> None:
    """Count open brackets outside strings."""
    if text.count("[") + text.count("{") <= limit:
        return
    depth = 0
    for token in TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if depth > limit:
            raise Problem("json-too-deep", f"the document may be nested at most {limit} deep")


def read(text: str) -> JsonValue:
    """Run Python's reader with every generous part closed."""
    try:
        document: JsonValue = json.loads(
            text, object_pairs_hook=unique_names, parse_constant=refuse_constant, parse_float=finite
        )
    except json.JSONDecodeError as wrong:
        raise Problem("json-invalid", f"line {wrong.lineno}, column {wrong.colno}: {wrong.msg}") from wrong
    except ValueError as wrong:  # int() refuses more than 4,300 digits
        raise Problem("json-invalid", "a number has too many digits") from wrong
    return document


def unique_names(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Refuse an object with a name twice: readers differ in which value they take."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Problem("json-ambiguous", "an object has the same name twice")
    return members


def refuse_constant(name: str) -> NoReturn:
    """NaN, Infinity and -Infinity are not JSON (RFC 8259, section 6)."""
    raise Problem("json-invalid", f"{name} is not JSON")


def finite(text: str) -> float:
    """Read a number; one that a double cannot hold would come back as Infinity."""
    number = float(text)
    if isinf(number):
        raise Problem("json-ambiguous", "a number is out of range")
    return number


def check_surrogates(document: JsonValue) -> None:
    """Refuse strings that no UTF-8 can carry: they would fail later, when they are stored or sent."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as wrong:
        raise Problem("json-ambiguous", "a string has a lone surrogate") from wrong
