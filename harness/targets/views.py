"""The service's own account of its routes: which function answers each, and where that stands in a file.

Run as a script in the service's environment, beside :mod:`harness.targets.agent`, on the standard library alone. Its
arguments are the application, a JSON list of ``[method, path]``, and the file to write: a JSON list with
``[file, line]`` or null for each. An application that is no Flask application, nor wraps one, has no routes to tell of.
"""

from __future__ import annotations

import inspect
import json
import os
import runpy
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DEEPEST = 4
"""Wrappers around the application that are looked through."""
_VALUES = (str(uuid.UUID(int=0)), "1")
"""What stands for a variable part of a path: a route takes one of them, whatever its converter."""


def main(app: str, routes: str, written: str) -> None:
    """Write to the file ``written`` where each of ``routes`` is answered in ``app``."""
    sys.path.insert(0, os.getcwd())
    load = runpy.run_path(str(Path(__file__).with_name("agent.py")))["load"]
    flask = next(flasks(load(app)), None)
    places = [place(flask, method, path) if flask else None for method, path in json.loads(routes)]
    Path(written).write_text(json.dumps(places), encoding="utf-8")


def flasks(found: object, depth: int = _DEEPEST) -> Iterator[Any]:
    """Yield the Flask application that ``found`` is, or those that it wraps, nearest first."""
    if hasattr(found, "url_map") and hasattr(found, "view_functions"):
        yield found
    elif depth:
        for inner in _inner(found):
            yield from flasks(inner, depth - 1)


def _inner(found: object) -> list[object]:
    """Return what an object holds: its attributes, and what a function closes over."""
    closed = inspect.getclosurevars(found).nonlocals.values() if inspect.isfunction(found) else ()
    held = (getattr(found, "__self__", None), *closed, *getattr(found, "__dict__", {}).values())
    return [inner for inner in held if callable(inner) and not inspect.isclass(inner)]


def place(flask: Any, method: str, path: str) -> tuple[str, int] | None:
    """Return the file and the line of the function that answers a route; None where there is none to be found."""
    for value in _VALUES:
        parts = (value if part.startswith("{") else part for part in path.partition("?")[0].split("/"))
        try:
            endpoint, _ = flask.url_map.bind("localhost").match("/".join(parts), method)
        except Exception:  # noqa: BLE001, S112 - no route of this kind, in the words of werkzeug, which may not be here
            continue
        return _defined(flask.view_functions.get(endpoint), method)
    return None


def _defined(view: Any, method: str) -> tuple[str, int] | None:
    """Return where a view is defined: of a class the method that answers, of a decorated function its own ``def``."""
    inside = getattr(view, "view_class", None)
    view = getattr(inside, method.lower(), None) or getattr(inside, "dispatch_request", None) if inside else view
    try:
        function = inspect.unwrap(view)
        file = inspect.getsourcefile(function)
        lines, first = inspect.getsourcelines(function)
    except (TypeError, ValueError, OSError):
        return None
    begins = (number for number, line in enumerate(lines) if line.lstrip().startswith(("def ", "async def ")))
    return (os.path.abspath(file), first + next(begins, 0)) if file else None


if __name__ == "__main__":
    main(*sys.argv[1:])
