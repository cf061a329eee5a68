"""A value that a JSON Schema allows: what the schema itself gives as an example, else the plainest one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Schema = Mapping[str, object]

_DEEPEST = 12
"""Levels of a schema that are followed: one that contains itself has no end."""
_GIVEN = ("const", "example", "default")
_FORMATS = {
    "date-time": "2025-01-02T03:04:05Z",
    "date": "2025-01-02",
    "time": "03:04:05Z",
    "email": "somebody@example.org",
    "uuid": "11111111-1111-4111-8111-111111111111",
    "uri": "http://example.org/",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


def sample(schema: object) -> object:
    """Return a value for a schema that stands alone; where it cannot be met by plain means, the nearest that can be.

    None where the schema cannot be followed to an end.
    """
    root = _schema(schema)
    try:
        return _sample(root, _schema(root.get("$defs")), _DEEPEST)
    except (RecursionError, OverflowError, ValueError):
        return None


def _sample(schema: Schema, defs: Schema, depth: int) -> object:
    schema = _followed(schema, defs)
    for key in _GIVEN:
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        given = schema.get(key)
        if isinstance(given, list) and given:
            return given[0]
    if depth == 0:
        return None
    make = _KINDS.get(_kind(schema))
    return make(schema, defs, depth - 1) if make else None


def _followed(schema: Schema, defs: Schema) -> Schema:
    """Return a schema with what it refers to and what it is made of: of several choices the first."""
    found: dict[str, object] = dict(schema)
    for _ in range(_DEEPEST):
        reference = found.pop("$ref", None)
        if not isinstance(reference, str):
            break
        named = defs.get(reference.rpartition("/")[2])
        found = {**(named if isinstance(named, dict) else {}), **found}
    for key in ("oneOf", "anyOf", "allOf"):
        parts = [part for part in _list(found.pop(key, None)) if isinstance(part, dict)]
        for part in parts if key == "allOf" else sorted(parts, key=lambda part: part.get("type") == "null")[:1]:
            found = _merged(found, _followed(part, defs))
    return found


def _merged(one: Schema, two: Schema) -> dict[str, object]:
    """Return what both schemas ask for; of what both name the first one's word stands."""
    whole = {**two, **one}
    for key in ("properties", "required"):
        parts = [schema[key] for schema in (one, two) if key in schema]
        if len(parts) == 2 and key == "properties":
            whole[key] = {**_schema(parts[1]), **_schema(parts[0])}
        elif len(parts) == 2:
            whole[key] = [*_list(parts[0]), *_list(parts[1])]
    return whole


def _kind(schema: Schema) -> str:
    """Return the type of value, guessed by the other keywords where it is not said; of several not null."""
    said = schema.get("type")
    kinds = [str(kind) for kind in said] if isinstance(said, list) else [said] if isinstance(said, str) else []
    kinds = [kind for kind in kinds if kind != "null"] or kinds
    return kinds[0] if kinds else "object" if "properties" in schema else "array" if "items" in schema else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _number(schema: Schema, *keys: str) -> float | None:
    found = (schema[key] for key in keys if isinstance(schema.get(key), int | float))
    return next((value for value in found if isinstance(value, int | float) and not isinstance(value, bool)), None)


def _object(schema: Schema, defs: Schema, depth: int) -> object:
    """Return an object with what is required, or, where nothing is and it is the outermost, with all that is named."""
    properties = _schema(schema.get("properties"))
    wanted = [str(name) for name in _list(schema.get("required"))]
    wanted = wanted or (list(properties) if depth == _DEEPEST - 1 else [])
    return {name: _sample(_schema(properties.get(name)), defs, depth) for name in dict.fromkeys(wanted)}


def _array(schema: Schema, defs: Schema, depth: int) -> object:
    """Return a list of as few items as may be, but one: a list without any shows nothing."""
    first = [_sample(_schema(item), defs, depth) for item in _list(schema.get("prefixItems"))]
    most = _number(schema, "maxItems")
    fewest = min(int(max(1, _number(schema, "minItems") or 0)), 100, int(most) if most is not None else 100)
    missing = fewest - len(first)
    return [*first, *([_sample(_schema(schema.get("items")), defs, depth)] * missing if missing > 0 else [])]


def _text(schema: Schema, _defs: Schema, _depth: int) -> object:
    named = _FORMATS.get(str(schema.get("format")))
    if named:
        return named
    shortest, longest = _number(schema, "minLength") or 0, _number(schema, "maxLength")
    text = "text" if longest is None else "text"[: int(longest)]
    return text + "x" * min(int(shortest) - len(text), 10_000)


def _count(schema: Schema, _defs: Schema, _depth: int) -> object:
    return int(_least(schema))


def _decimal(schema: Schema, _defs: Schema, _depth: int) -> object:
    least = _least(schema)
    return int(least) if least == int(least) else least


def _least(schema: Schema) -> float:
    """Return the smallest number from 1 on that the bounds leave; below 1 where they end there."""
    step = _number(schema, "multipleOf") or 1
    above, least = _number(schema, "exclusiveMinimum"), _number(schema, "minimum")
    low = max(1.0, least if least is not None else 1.0, above + step if above is not None else 1.0)
    high, below = _number(schema, "maximum"), _number(schema, "exclusiveMaximum")
    most = min((bound for bound in (high, None if below is None else below - step) if bound is not None), default=None)
    value = -(-low // step) * step
    return value if most is None or value <= most else most


_KINDS: Mapping[str, Callable[[Schema, Schema, int], object]] = {
    "object": _object,
    "array": _array,
    "string": _text,
    "integer": _count,
    "number": _decimal,
    "boolean": lambda *_: True,
    "null": lambda *_: None,
}


def _schema(value: object) -> Schema:
    return value if isinstance(value, dict) else {}
