"""RFC 9112, section 3.2: 400 to an HTTP/1.1 request without Host, with more than one, or with an invalid one.

Servers let these through to the application (waitress joins two lines with a comma), so it judges them itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sample_app.contract_kind import Contract
from sample_app.problems import Problem

LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
NAME = rf"{LABEL}(?:\.{LABEL})*\.?"
IPV6 = r"\[[0-9A-Fa-f:.]{2,45}\]"
HOST = re.compile(rf"(?:{NAME}|{IPV6})(?::(?P<port>[0-9]{{0,5}}))?", re.ASCII)
LAST_PORT = 65535

CONTRACT = Contract(
    name="ingress: host",
    input=("Exactly one Host header that is host[:port]; none is fine under HTTP/1.0.",),
    guarantees=("What comes behind was sent to one host that can be written in an address.",),
    errors=("host-invalid",),
    non_goals=("No list of allowed hosts: no answer repeats the header.",),
)


def check_host(environ: Mapping[str, Any]) -> None:
    """Raise Problem ``host-invalid`` unless there is exactly one valid Host (none is fine under HTTP/1.0)."""
    host = environ.get("HTTP_HOST")
    if host is None and environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return
    if not host:
        raise Problem("host-invalid", "the request has no Host header")
    found = HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > LAST_PORT:
        raise Problem("host-invalid", "the Host header is not one host[:port]")
