"""An answer held against what was recorded for it: every change in a sentence, under a few fixed words.

Recorded texts may hold ``{uuid}``, ``{now}``, ``{number}``, ``{text}``, identities, and fields of this or earlier
answers. Members are compared by name, lists by their order. In a place, a JSON pointer, ``*`` stands for any index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from harness.model.clients import PromisedAnswer
from harness.model.messages import Answer
from harness.model.records import record

UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
SETS = frozenset({"allow", "vary"})
"""Header fields whose members have no order (RFC 9110, 10.2.1 and 12.5.5)."""

_PLACE = re.compile(r"(?P<event>e0e0e0e0-0000-4000-8000-(?P<n>\d{12}))|\{(?P<word>uuid|now|number|text)\}|"
                    r"\{(?P<name>[A-Za-z][A-Za-z0-9-]*)\.(?P<path>[^{}]+)\}")  # fmt: skip
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}


@record
class Change:
    """One difference: what it is in fixed words, where, and told with its values. ``added`` takes nothing away."""

    what: str
    where: str
    told: str
    added: bool = False

    @property
    def symptom(self) -> str:
        """What it is and where, without values."""
        return f"{self.what} at {self.where}" if self.where else self.what


def changes(context: Context, recorded: PromisedAnswer, answer: Answer) -> tuple[Change, ...]:
    """Return how ``answer`` differs from the recorded one; empty: it does not."""
    if answer.status != recorded.status:
        return (Change(what="other status", where="", told=f"status {answer.status} instead of {recorded.status}"),)
    return (*_header_changes(context, recorded, answer), *_body_changes(context, recorded, answer))


def document(answer: Answer | None) -> object:
    """Return the JSON of an answer, None where it has none that can be read."""
    try:
        return json.loads(answer.body) if answer else None
    except (ValueError, RecursionError):
        return None


class Context:
    """What a recorded text may speak of: identities by event number, and the documents of answers by their names.

    The answer's own document is called ``answer``.
    """

    def __init__(self, identities: Mapping[int, str], documents: Mapping[str, object]) -> None:
        self._identities = identities
        self._documents = documents

    def of(self, own: object) -> Context:
        """Return what the answer whose document is ``own`` may speak of."""
        return Context(self._identities, {**self._documents, "answer": own})

    def field(self, name: str, path: str) -> object:
        """Return the field at ``path`` of the answer to ``name``, None where there is none."""
        value: Any = self._documents.get(name)
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def pattern(self, text: str) -> re.Pattern[str]:
        """Return what a text must match to be ``text``."""
        found, position = "", 0
        for match in _PLACE.finditer(text):
            found += re.escape(text[position : match.start()]) + self._piece(match)
            position = match.end()
        return re.compile(found + re.escape(text[position:]), re.DOTALL)

    def _piece(self, match: re.Match[str]) -> str:
        if match["n"]:
            return re.escape(self._identities.get(int(match["n"]), match["event"]))
        if match["word"]:
            return UUID if match["word"] == "uuid" else ".*"
        value = self.field(match["name"], match["path"])
        # A field that is not there matches nothing: what needs it cannot be right.
        return r"(?!)" if value is None else re.escape(str(value))


def _header_changes(context: Context, recorded: PromisedAnswer, answer: Answer) -> Iterator[Change]:
    for name in dict.fromkeys(name for name, _ in recorded.headers):
        wanted = [value for other, value in recorded.headers if other == name]
        found = [value for other, value in answer.headers if other.lower() == name.lower()]
        if not found:
            yield Change(what="header lost", where=name, told=f"the header {name} is missing")
        elif not _same_header(context, name, wanted, found):
            told = f"the header {name} is {'; '.join(found)!r} instead of {'; '.join(wanted)!r}"
            yield Change(what="header changed", where=name, told=told)


def _same_header(context: Context, name: str, wanted: list[str], found: list[str]) -> bool:
    if name.lower() in SETS:
        return _members(wanted) == _members(found)
    if name.lower() == "content-type":
        wanted, found = [_media(value) for value in wanted], [_media(value) for value in found]
    pairs = zip(wanted, found, strict=False)
    return len(wanted) == len(found) and all(context.pattern(one).fullmatch(other) for one, other in pairs)


def _members(values: list[str]) -> frozenset[str]:
    return frozenset(part.strip().lower() for value in values for part in value.split(","))


def _media(value: str) -> str:
    """Return a media type as it compares: without case and blanks (RFC 9110, 8.3.1)."""
    return re.sub(r"\s*;\s*", ";", value.strip().lower())


def _body_changes(context: Context, recorded: PromisedAnswer, answer: Answer) -> Iterator[Change]:
    if recorded.json is None:
        if answer.body != (recorded.text or b""):
            yield Change(what="other body", where="", told=f"the body is {_short_bytes(answer.body)}")
        return
    value = document(answer)
    if value is None:
        yield Change(what="no JSON document", where="", told=f"the body is {_short_bytes(answer.body)}")
        return
    for change in compared(context, recorded.json, value, ""):
        is_type = change.where == "/type" and answer.status >= 400 and change.what == "value changed"
        yield Change(what="error type changed", where="", told=change.told) if is_type else change


def compared(context: Context, wanted: Any, found: Any, where: str) -> Iterator[Change]:
    """Yield how the JSON value ``found`` differs from the recorded one at ``where``."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        yield from _object_changes(context, wanted, found, where)
    elif isinstance(wanted, list) and isinstance(found, list):
        yield from _list_changes(context, wanted, found, where)
    elif not _fits(context, wanted, found):
        yield _value_change(wanted, found, where or "/")


def _object_changes(context: Context, wanted: dict[str, Any], found: dict[str, Any], where: str) -> Iterator[Change]:
    for name, value in wanted.items():
        place = f"{where}/{_escaped(name)}"
        if name in found:
            yield from compared(context, value, found[name], place)
        else:
            yield Change(what="field lost", where=place, told=f"{place} is missing, it was {_short(value)}")
    for name in found.keys() - wanted.keys():
        place = f"{where}/{_escaped(name)}"
        yield Change(what="field added", where=place, told=f"{place} is new: {_short(found[name])}", added=True)


def _list_changes(context: Context, wanted: list[Any], found: list[Any], where: str) -> Iterator[Change]:
    told = f"{where or '/'} is {_short(found)} instead of {_short(wanted)}"
    if len(wanted) != len(found):
        yield Change(what="other items", where=where or "/", told=told)
    elif any(_differs(context, one, other) for one, other in zip(wanted, found, strict=True)):
        if _permuted(context, wanted, found):
            yield Change(what="order changed", where=where or "/", told=told)
            return
        for one, other in zip(wanted, found, strict=True):
            yield from compared(context, one, other, f"{where}/*")
    else:
        for one, other in zip(wanted, found, strict=True):
            yield from compared(context, one, other, f"{where}/*")


def _differs(context: Context, wanted: Any, found: Any) -> bool:
    return any(not change.added for change in compared(context, wanted, found, ""))


def _permuted(context: Context, wanted: list[Any], found: list[Any]) -> bool:
    """Tell whether the found items are the recorded ones in another order."""
    left = list(found)
    for item in wanted:
        place = next((n for n, other in enumerate(left) if not _differs(context, item, other)), None)
        if place is None:
            return False
        del left[place]
    return True


def _fits(context: Context, wanted: Any, found: Any) -> bool:
    """Tell whether a scalar is what was recorded, or of the kind that was."""
    if wanted == "{number}":
        return isinstance(found, int | float) and not isinstance(found, bool)
    if isinstance(wanted, str) and isinstance(found, str):
        if wanted == "{now}":
            return _is_time(found)
        return bool(context.pattern(wanted).fullmatch(found))
    return _kind(wanted) == _kind(found) and bool(wanted == found)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _value_change(wanted: Any, found: Any, where: str) -> Change:
    told = f"{where} is {_short(found)} instead of {_short(wanted)}"
    if found is None:
        return Change(what="null for a value", where=where, told=told)
    if wanted is None:
        return Change(what="value for null", where=where, told=told)
    same = _kind(wanted) == _kind(found) or (wanted == "{number}" and _kind(found) == "a number")
    return Change(what="value changed" if same else "other JSON type", where=where, told=told)


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "null")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."


def _short_bytes(body: bytes) -> str:
    return repr(body[:80].decode("utf-8", "replace"))


def forms(value: Any, where: str = "") -> dict[str, str]:
    """Return the kind of every part of a JSON value by its pointer, indexes as ``*``: what a reader relies on."""
    if value == "{number}":
        return {where: "a number"}
    found = {where: _kind(value)}
    members = (
        value.items() if isinstance(value, dict) else (("*", item) for item in value) if isinstance(value, list) else ()
    )
    for name, child in members:
        found |= forms(child, f"{where}/{name if name == '*' else _escaped(name)}")
    return found
