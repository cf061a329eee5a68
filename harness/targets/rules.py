"""The service's own account of what it serves: every rule of its Flask application.

Run as a script in the service's environment, beside :mod:`harness.targets.agent`, on the standard library alone. Its
arguments are the application and the file to write: a JSON list of ``{"path": ..., "methods": [...], "name": ...,
"open": ...}``. A variable part of a path is ``{name}``; ``open`` tells that each of them takes a UUID. An application
that is no Flask application, nor wraps one, has no rules.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

_VARIABLE = re.compile(r"<(?:(?P<kind>\w+)(?:\([^<>]*\))?:)?(?P<name>\w+)>")
_OF_ANY_TEXT = {None, "default", "string", "uuid", "path"}
"""Converters that take a UUID."""
_SAFE = "/{}%:@!$&'()*+,;=~"
"""What stands for itself in a path (RFC 3986, 3.3), and the marks of what varies."""
_OF_HTTP = {"HEAD", "OPTIONS"}
"""Methods that Flask adds by itself."""


def main(app: str, written: str) -> None:
    """Write to the file ``written`` what ``app`` serves."""
    sys.path.insert(0, os.getcwd())
    here = Path(__file__)
    load = runpy.run_path(str(here.with_name("agent.py")))["load"]
    flasks = runpy.run_path(str(here.with_name("views.py")))["flasks"]
    flask = next(flasks(load(app)), None)
    rules = [rule(each) for each in flask.url_map.iter_rules() if each.endpoint != "static"] if flask else []
    Path(written).write_text(json.dumps(rules), encoding="utf-8")


def rule(found: Any) -> dict[str, Any]:
    """Return one rule of werkzeug in our words; ``name`` is that of the function, without its blueprint."""
    return {
        "path": quote(_VARIABLE.sub(r"{\g<name>}", found.rule), safe=_SAFE),
        "methods": sorted(set(found.methods or ()) - _OF_HTTP),
        "name": found.endpoint.rpartition(".")[2],
        "open": {one["kind"] for one in _VARIABLE.finditer(found.rule)} <= _OF_ANY_TEXT,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
