"""The control: an application that does nothing wrong. What fails here too is the server's doing.

It runs on the same kind of server as the service and gets the same wire messages. Standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

_READ = 1 << 16


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Read the whole body of any request and answer 200 with its length (WSGI, PEP 3333)."""
    length = 0
    while piece := environ["wsgi.input"].read(_READ):
        length += len(piece)
    body = json.dumps({"length": length}).encode("ascii")
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
