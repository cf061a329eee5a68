"""Places in a JSON value: a path is a tuple of member names and list indices, () is the whole.

Everything here copies what it changes; a value that is handed in stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

Path = tuple[str | int, ...]


def parse(pointer: str, document: object) -> Path:
    """Return the path that an RFC 6901 pointer names in ``document``; KeyError where it names nothing."""
    path: list[str | int] = []
    for raw in pointer.split("/")[1:]:
        name = raw.replace("~1", "/").replace("~0", "~")
        key: str | int = int(name) if isinstance(document, list) and name.isdecimal() else name
        document = _child(document, key)
        path.append(key)
    return tuple(path)


def dotted(path: Path) -> str:
    """Return a path as people write it: ``values.0``."""
    return ".".join(str(part) for part in path)


def at(document: object, path: Path) -> object:
    """Return what stands at ``path``; KeyError where nothing does."""
    for key in path:
        document = _child(document, key)
    return document


def replaced(document: object, path: Path, value: object) -> object:
    """Return a copy of ``document`` with ``value`` at ``path`` (a new member is put last)."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(document, dict):
        return {**document, key: replaced(document.get(key), rest, value)}
    if isinstance(document, list) and isinstance(key, int):
        return [*document[:key], replaced(document[key], rest, value), *document[key + 1 :]]
    raise KeyError(f"nothing lies at {dotted(path)}")


def without(document: object, path: Path) -> object:
    """Return a copy of ``document`` that lacks the member at ``path``."""
    parent = at(document, path[:-1])
    if not isinstance(parent, dict):
        raise KeyError(f"{dotted(path)} is no member of an object")
    return replaced(document, path[:-1], {name: value for name, value in parent.items() if name != path[-1]})


def places(document: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every place below the top with its value, outermost first; of a list only the first item."""
    for key, value in _children(document):
        yield (*path, key), value
        yield from places(value, (*path, key))


def _children(value: object) -> tuple[tuple[str | int, object], ...]:
    """Return the members of an object, or the first item of a list."""
    if isinstance(value, dict):
        return tuple(value.items())
    return ((0, value[0]),) if isinstance(value, list) and value else ()


def _child(document: object, key: str | int) -> object:
    """Return one member or item; KeyError where there is none."""
    if isinstance(document, dict) and key in document:
        return document[key]
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        return document[key]
    raise KeyError(f"nothing is called {key!r} here")
