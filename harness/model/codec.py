"""Records to JSON and back, without loss and strictly: an unknown or missing field is refused."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from harness.model.records import record

Record = TypeVar("Record")


@record
class Misfit:
    """One thing in a JSON document that is no part of a record: the way to it, and why not."""

    place: tuple[str | int, ...]
    message: str


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the adapter of ``kind``, built once: building one costs milliseconds, using it microseconds."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_json(record: object, kind: Any = None) -> str:
    """Return ``record`` as one line of JSON. ``kind`` is its type where that is a union or a tuple."""
    return str(_adapter(kind or type(record)).dump_json(record), "utf-8")


def from_json(kind: type[Record], text: str | bytes) -> Record:
    """Return the record of type ``kind`` that ``text`` holds; ValueError says what does not fit."""
    try:
        result: Record = _adapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"not a {kind.__name__}: {place or 'the whole'}: {first['msg']}") from error
    return result


def as_json(record: object) -> Any:
    """Return ``record`` as a JSON value, without the fields that hold their defaults."""
    return _adapter(type(record)).dump_python(record, mode="json", exclude_defaults=True)


def misfits(kind: type[Record], text: str | bytes) -> tuple[Misfit, ...]:
    """Return everything in ``text`` that keeps it from being a record of type ``kind``; nothing where it is one."""
    try:
        _adapter(kind).validate_json(text)
    except ValidationError as error:
        return tuple(Misfit(place=found["loc"], message=found["msg"]) for found in error.errors())
    return ()
