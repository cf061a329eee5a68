"""What holds of every variant of every entry, whatever the operation is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pydantic_core
import pytest

from harness.model.messages import HOST_PLACEHOLDER, Request, Wire
from harness.model.steps import Expected
from harness.mutations.malformation import Variant, variants_of
from harness.mutations.registry import catalogue
from harness.mutations.specimen import IDENTITY
from tests.unit.mutations.examples import CONTRACT, OPERATION, SCHEMA, every_kind, made

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "jsontestsuite" / "test_parsing"
SYNTAX = ("ME01", "ME02", "ME03", "ME06", "MJ01", "MJ03", "MJ04", "MJ05", "MJ06", "MJ09", "MJ12", "MJ16", "MC16")
"""Entries whose every rejected body is no JSON text in UTF-8 at all."""
LEGAL = (
    *("ME07", "ME10", "ME11", "ME15", "MJ10", "MJ14", "MS01", "MS02", "MS03", "MS04", "MS05", "MS06", "MS07", "MS08"),
    *("MS09", "MS10", "MS11", "MS18", "MS19", "MC01", "MC07", "MC10", "MC11", "MH09"),
)
"""Entries whose every body is a JSON object, whatever it holds."""
NO_HOST = ("MW01", "MW03")
"""Entries that are about the Host itself."""


def _strict(data: bytes) -> object:
    """Parse as RFC 8259 does: UTF-8, no constants, one value; ValueError otherwise."""

    def refuse(name: str) -> object:
        raise ValueError(name)

    return json.loads(data.decode("utf-8"), parse_constant=refuse)


def _lenient(data: bytes) -> object:
    return pydantic_core.from_json(data, allow_inf_nan=False)


def _refused(parse: Callable[[bytes], object], data: bytes) -> bool:
    try:
        parse(data)
    except ValueError:
        return True
    return False


def _bytes(variant: Variant) -> bytes:
    message = variant.message
    return message.data if isinstance(message, Wire) else repr(message.headers).encode() + message.body


def _body(variant: Variant) -> bytes:
    assert isinstance(variant.message, Request)
    return variant.message.body


@pytest.mark.parametrize("entry", sorted(catalogue()))
def test_the_same_specimen_gives_the_same_variants(entry: str) -> None:
    """An entry is pure: twice asked, twice the same, for every kind of operation."""
    once, again = ([variants_of(catalogue()[entry], s) for s in every_kind()] for _ in range(2))
    assert once == again


@pytest.mark.parametrize("entry", sorted(catalogue()))
def test_labels_are_unique_and_plain(entry: str) -> None:
    """A label names one variant and needs no quoting in a shell, a path or a report."""
    for specimen in every_kind():
        labels = [variant.label for variant in variants_of(catalogue()[entry], specimen)]
        assert len(set(labels)) == len(labels)
        assert [label for label in labels if not re.fullmatch(r"[\w.-]{1,70}", label)] == []


@pytest.mark.parametrize("entry", sorted(catalogue()))
def test_a_message_that_carries_an_event_holds_its_identity(entry: str) -> None:
    """Event 1 means that the placeholder of event 1 stands in the bytes, and 0 that it does not."""
    for specimen in every_kind():
        for variant in variants_of(catalogue()[entry], specimen):
            held = IDENTITY.encode() in _bytes(variant)
            assert (variant.label, variant.event) == (variant.label, 1 if held else 0)


@pytest.mark.parametrize("entry", sorted(catalogue()))
def test_every_variant_differs_from_the_valid_request(entry: str) -> None:
    """Nothing is called wrong that is the valid request itself; a legal one may be (MS18 with nothing to leave out)."""
    for specimen in every_kind():
        for variant in variants_of(catalogue()[entry], specimen):
            if variant.expect.expected is not Expected.ACCEPTED:
                assert variant.message != specimen.request


@pytest.mark.parametrize("entry", sorted(catalogue()))
def test_wire_messages_have_one_place_for_the_host_at_most(entry: str) -> None:
    """Exact bytes name the service by its placeholder, so that they can be sent anywhere; headers stay in latin-1."""
    for specimen in every_kind():
        for variant in variants_of(catalogue()[entry], specimen):
            if isinstance(variant.message, Wire) and entry not in NO_HOST and not variant.label.startswith("head-"):
                assert HOST_PLACEHOLDER in variant.message.data
            if isinstance(variant.message, Request):
                assert "".join(value for _, value in variant.message.headers).encode("latin-1") is not None


@pytest.mark.parametrize("entry", [entry for entry in sorted(catalogue()) if entry.startswith("MS")])
def test_the_schema_agrees_by_another_validator(entry: str) -> None:
    """A rejected shape is invalid and an accepted one valid, as an independent validator sees it."""
    judge = jsonschema.Draft202012Validator(SCHEMA)
    for variant in variants_of(catalogue()[entry], made(OPERATION, CONTRACT)):
        expected = variant.expect.expected
        if expected is not Expected.EITHER:
            assert (variant.label, judge.is_valid(json.loads(_body(variant)))) == (
                variant.label,
                expected is Expected.ACCEPTED,
            )


@pytest.mark.parametrize("entry", SYNTAX)
def test_broken_json_is_no_json_for_two_parsers(entry: str) -> None:
    """What is sent as broken JSON is refused by the standard library in strict dress and by pydantic's parser."""
    for specimen in every_kind():
        for variant in variants_of(catalogue()[entry], specimen):
            if variant.expect.expected is not Expected.REJECTED:
                continue
            refused = (_refused(_strict, _body(variant)), _refused(_lenient, _body(variant)))
            assert (variant.label, refused) == (variant.label, (True, True))


@pytest.mark.parametrize("entry", LEGAL)
def test_legal_json_stays_legal(entry: str) -> None:
    """What is judged by its meaning and not by its syntax reaches the meaning: it parses."""
    for variant in variants_of(catalogue()[entry], made(OPERATION, CONTRACT)):
        if isinstance(variant.message, Request):
            assert isinstance(_strict(_body(variant)), dict)


def test_the_strict_parser_of_these_tests_is_strict() -> None:
    """The judge is judged: every n_ file of JSONTestSuite is refused and every y_ file read."""
    if not CORPUS.is_dir():
        pytest.skip(f"JSONTestSuite is not at {CORPUS}")
    wrong = []
    for file in sorted(CORPUS.glob("[ny]_*.json")):
        try:
            _strict(file.read_bytes())
            read = True
        except (ValueError, RecursionError):
            # Deep nesting exhausts the standard library's parser: refused all the same.
            read = False
        if read is not file.name.startswith("y_"):
            wrong.append(file.name)
    assert wrong == []
