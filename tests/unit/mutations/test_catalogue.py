"""The catalogue as a whole: complete, documented, and sparing with what it cannot judge."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.model.steps import Expected
from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variants_of
from harness.mutations.registry import catalogue
from tests.unit.mutations.examples import BARE, BYTES, CONTRACT, OPERATION, SCALAR, SCHEMA, made

ROOT = Path(__file__).parents[3]
ASKED_FOR = """
    MW01 MW02 MW03 MW10 MW11 MW13 MW14 MW15 MW17 MW18 MW19 MW20 MW21 MW22 MW23 MW24 MW31
    MH01 MH02 MH03 MH05 MH06 MH07 MH09 MH10 MH11 MH15 MH16 MH20 MH21
    ME01 ME02 ME03 ME04 ME05 ME06 ME07 ME08 ME10 ME11 ME15 ME16
    MJ01 MJ02 MJ03 MJ04 MJ05 MJ06 MJ07 MJ08 MJ09 MJ10 MJ11 MJ12 MJ13 MJ14 MJ16
    MS01 MS02 MS03 MS04 MS05 MS06 MS07 MS08 MS09 MS10 MS11 MS12 MS14 MS18 MS19 MS20
    MC01 MC07 MC09 MC10 MC11 MC15 MC16 MC17
"""


def _of(entry: str, label: str, *, body: object, headers: tuple[tuple[str, str], ...] = ()) -> Variant:
    """Return one variant under a contract with another body schema."""
    operation = replace(OPERATION, headers=headers)
    specimen = made(operation, replace(CONTRACT, body=body))
    return next(v for v in variants_of(catalogue()[entry], specimen) if v.label == label)


def test_every_entry_that_the_suite_names_is_there() -> None:
    """The catalogue holds what the scenarios ask for, and is found by listing the folder."""
    assert set(ASKED_FOR.split()) <= set(catalogue())


def test_the_example_of_the_guide_works() -> None:
    """The file that the guide shows defines an entry, and its variants can be sent."""
    guide = (ROOT / "docs" / "adding-a-malformation.md").read_text()
    source = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    names: dict[str, object] = {"__name__": "mj17_very_long_names"}
    exec(source[0], names)
    entry = names["MALFORMATION"]
    assert isinstance(entry, Malformation)
    labels = [variant.label for variant in variants_of(entry, made(OPERATION, CONTRACT))]
    assert (len(source), entry.id, labels) == (1, "MJ17", ["1000-letters", "10000-letters"])


def test_every_rule_is_a_sentence_and_every_trouble_a_slug() -> None:
    """What people read ends with a full stop; what fingerprints carry is one plain word, used once."""
    entries = catalogue().values()
    assert [entry.id for entry in entries if not entry.rule.endswith(".")] == []
    assert [entry.id for entry in entries if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.trouble)] == []
    assert len({entry.trouble for entry in entries}) == len(entries)


def test_without_a_schema_shapes_are_left_to_the_service() -> None:
    """Where nothing is declared, no shape is called wrong and none surely legal."""
    for entry in (entry for entry in catalogue() if entry.startswith("MS")):
        assert {v.expect.expected for v in variants_of(catalogue()[entry], made())} <= {Expected.EITHER}


def test_a_schema_that_refuses_the_valid_example_is_no_oracle() -> None:
    """A contract that contradicts the example decides nothing."""
    assert _of("MS01", "name", body={**SCHEMA, "required": ["absent"]}).expect.expected is Expected.EITHER


def test_a_format_nobody_knows_makes_nothing_surely_legal() -> None:
    """A text that fits every bound may still break a format that only the service knows."""
    odd = {**SCHEMA, "properties": {"name": {"type": "string", "maxLength": 20, "format": "phone"}, "count": {}}}
    body = {**odd, "additionalProperties": True}
    assert _of("MS08", "1-character-name", body=body).expect.expected is Expected.EITHER
    assert _of("MS01", "name", body=body).expect.expected is Expected.REJECTED


def test_undeclared_media_types_are_a_matter_of_policy() -> None:
    """A wrong Content-Type fails the gate only where the contract names the right ones."""
    undeclared = made(OPERATION, replace(CONTRACT, media_types=()))
    assert {v.expect.force for v in variants_of(catalogue()["MH03"], undeclared)} == {Force.POLICY}
    anything = made(OPERATION, replace(CONTRACT, media_types=("*/*",)))
    assert variants_of(catalogue()["MH03"], anything) == ()


def test_a_message_without_its_identity_is_never_surely_legal() -> None:
    """A legal shape whose event is not fresh may rightly be refused as a repeat: no verdict on it."""
    operation = replace(OPERATION, json={"name": "n"}, event=(replace(OPERATION.event[0], place="json", name="/name"),))
    body = {"type": "object", "properties": {"name": {"type": "string", "minLength": 0, "maxLength": 99}}}
    specimen = made(operation, replace(CONTRACT, body=body))
    (empty,) = (v for v in variants_of(catalogue()["MS03"], specimen) if v.label == "empty-text-name")
    assert (empty.event, empty.expect.expected) == (0, Expected.EITHER)


@pytest.mark.parametrize("operation", [BYTES, BARE])
def test_entries_about_json_say_nothing_of_other_bodies(operation: object) -> None:
    """An operation without a JSON body gets the wire entries and the method, nothing made up."""
    assert operation in (BYTES, BARE)
    specimen = made(BYTES if operation is BYTES else BARE)
    sent = {entry for entry in catalogue() if variants_of(catalogue()[entry], specimen)}
    with_body = {"MH21", "MW15", "MW17", "MW18", "MW19", "MW20", "MW21", "MW22", "MW23", "MW31"}
    always = {"MH10", "MH11", "MH15", "MH20", "MW01", "MW02", "MW03", "MW10", "MW11", "MW13", "MW14"}
    assert sent == always | (with_body if operation is BYTES else set())


def test_a_body_that_is_one_number_is_cut_only_where_it_stays_broken() -> None:
    """A number cut short is a number: nothing that still parses is called broken JSON."""
    labels = {entry: [v.label for v in variants_of(catalogue()[entry], made(SCALAR))] for entry in ("MJ03", "MC09")}
    assert labels == {"MJ03": [], "MC09": ["open", "garbage"]}
