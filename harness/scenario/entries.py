"""Reads the entries of a scenario: catalogue ids, with what differs from the family's defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from harness.config.nodes import (
    Node,
    Problems,
    Reader,
    Refused,
    describe,
    each,
    items_of,
    members,
    nearest,
    noting,
    read_each,
)
from harness.config.values import duration, percent, text, whole
from harness.model.cases import Family
from harness.model.scenarios import Entry
from harness.model.steps import Threshold
from harness.scenario.faults import fault
from harness.scenario.thresholds import parse_threshold
from harness.scenario.vocabulary import Vocabulary

_OWN_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PER_SECOND = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(?:/s|/sec|/second|rps|per second)?")
_FASTEST = 100_000


def _rate(node: Node, _: Problems) -> float:
    """Read arrivals per second."""
    value = node.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        digits = _PER_SECOND.fullmatch(str(value))
        raise Refused(node, "expected arrivals per second as a plain number", digits[1] if digits else "")
    if not 0 < value <= _FASTEST:
        raise Refused(node, f"expected more than 0 and at most {_FASTEST} arrivals per second")
    return float(value)


def _threshold(node: Node, problems: Problems) -> Threshold:
    """Read one threshold."""
    try:
        return parse_threshold(text(node, problems))
    except ValueError as error:
        raise Refused(node, str(error)) from error


def _thresholds(node: Node, problems: Problems) -> tuple[Threshold, ...]:
    """Read thresholds; each measure is bounded once, by the stricter bound."""
    read: dict[tuple[str, float], int] = {}
    kept: list[Threshold] = []
    for item in items_of(node):
        for threshold in each([item], _threshold, problems):
            subject = (threshold.measure, threshold.quantile)
            if subject in read:
                problems.note(item, f"line {read[subject]} bounds this already")
            read.setdefault(subject, item.line)
            kept.append(threshold)
    return tuple(kept)


SETTINGS: Mapping[Family, Mapping[str, Reader]] = {
    Family.MALFORMED: {},
    Family.DUPLICATE: {
        "clients": whole(2, 500),
        "rounds": whole(1, 100),
        "keys": whole(2, 100_000),
        "within": duration,
    },
    Family.TIMEOUT: {},
    Family.LOAD: {
        "rate": _rate,
        "seconds": duration,
        "repeat": percent,
        "together": percent,
        "factor": whole(2, 100),
        "clients": whole(1, 100),
    },
    Family.VERSIONS: {},
}
"""The numbers that an entry of each family may set."""

_ALWAYS: Mapping[str, Reader] = {"id": text, "title": text}


def keys_of(family: Family, known: Vocabulary, entry: str) -> dict[str, Reader]:
    """Return the keys of an entry of ``family`` that is written as a mapping."""
    keys = {**_ALWAYS, **SETTINGS[family]}
    if family is Family.TIMEOUT:
        keys["fault"] = partial(fault, known=known, entry=entry)
    if family is Family.LOAD:
        keys["thresholds"] = _thresholds
    return keys


def _refuse_id(node: Node, own: bool, family: Family, known: Vocabulary) -> None:
    """Refuse an id that the family's catalogue does not have, and one of the catalogue's for an author's own fault."""
    word = str(node.value)
    here = known.entries.get(family, frozenset())
    if own and any(word in ids for ids in known.entries.values()):
        raise Refused(node, f"{word} brings its own fault; give this entry a name of its own, such as my-late")
    if own and not _OWN_ID.fullmatch(word):
        near = re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")
        right = near if _OWN_ID.fullmatch(near) else ""
        raise Refused(node, "a name of your own is small letters and digits, joined by -", right)
    if own or word in here:
        return
    for other, ids in known.entries.items():
        if word in ids:
            raise Refused(node, f"{word} belongs to the family {other}, and this file is of the family {family}")
    raise Refused(node, *_no_such_entry(word, family, here))


def _no_such_entry(word: str, family: Family, here: frozenset[str]) -> tuple[str, str]:
    """Return what to say of an id that no catalogue has, and the right one."""
    right = nearest(word, here)
    if right:
        return f"no such entry in the family {family}", right
    own = "; an entry of your own says its fault" if family is Family.TIMEOUT else ""
    return f"no such entry in the family {family}{own}; its entries are {', '.join(sorted(here))}", ""


def _entry(node: Node, problems: Problems, family: Family, known: Vocabulary) -> Entry:
    """Read one entry: an id, or a mapping with one. What is wrong is noted, and the rest of it read."""
    given = node.value if isinstance(node.value, Mapping) else {"id": node}
    if given is not node.value and not isinstance(node.value, str):
        raise Refused(node, f"expected the id of an entry or a mapping with one, found {describe(node)}")
    label = str(given["id"].value) if "id" in given else ""
    read = _members(node, keys_of(family, known, label), problems)
    if "id" in read:
        with noting(problems):
            _refuse_id(given["id"], "fault" in given and family is Family.TIMEOUT, family, known)
    if "rate" in read and "seconds" in read:
        _refuse_empty_load(node, read["rate"] * read["seconds"])
    settings = {name: float(read[name]) for name in SETTINGS[family] if name in read}
    own = {name: read[name] for name in ("title", "fault", "thresholds") if name in read}
    return Entry(id=label, settings=settings, line=node.line, **own)


def _members(node: Node, table: Mapping[str, Reader], problems: Problems) -> dict[str, Any]:
    """Read an entry's members; text alone is its id."""
    if isinstance(node.value, str):
        return read_each({"id": node}, table, problems)
    return members(node, table, problems, required=["id"])


def _refuse_empty_load(node: Node, arrivals: float) -> None:
    """Refuse a load without a request: it could show nothing."""
    if arrivals < 1:
        raise Refused(node, "rate times seconds is less than one request; such a load shows nothing")


def entries(node: Node, problems: Problems, family: Family, known: Vocabulary) -> tuple[Entry, ...]:
    """Read the entries of a file of ``family``, each id once."""
    items = items_of(node)
    if not items:
        raise Refused(node, "expected at least one entry")
    _note_twice(items, problems)
    read = each(items, partial(_entry, family=family, known=known), problems)
    return tuple(read)


def _note_twice(items: tuple[Node, ...], problems: Problems) -> None:
    """Note every id that stands twice: cases and reports could not tell the two apart."""
    lines: dict[object, int] = {}
    for item in items:
        naming = item.value.get("id") if isinstance(item.value, Mapping) else item
        if naming is None or not isinstance(naming.value, str):
            continue
        if naming.value in lines:
            problems.note(naming, f"this entry stands in line {lines[naming.value]} already")
        lines.setdefault(naming.value, naming.line)
