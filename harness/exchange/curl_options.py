"""The options of curl that matter here: what each takes, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from harness.model.records import record


class Use(StrEnum):
    """What becomes of an option."""

    METHOD = "method"
    HEADER = "header"
    DATA = "data"
    RAW = "data as it is"
    URLENCODED = "data to encode"
    JSON = "json"
    FORM = "form"
    USER = "user"
    BEARER = "bearer"
    COOKIE = "cookie"
    AGENT = "agent"
    REFERER = "referer"
    RANGE = "range"
    URL = "url"
    GET = "get"
    HEAD = "head"
    AS_IS = "path as it is"
    PLAIN = "no globbing"
    OUTPUT = "about the output alone"
    LOST = "lost"


@record
class Option:
    """One option: its ``use``, whether it takes a word, and, of what is ``LOST``, what that means."""

    use: Use
    takes: bool = False
    lost: str = ""


def _taking(use: Use) -> Option:
    return Option(use=use, takes=True)


def _lost(what: str, *, takes: bool = False) -> Option:
    return Option(use=Use.LOST, takes=takes, lost=what)


_QUIET = Option(use=Use.OUTPUT)
_QUIET_WORD = Option(use=Use.OUTPUT, takes=True)

LONG: Mapping[str, Option] = {
    "request": _taking(Use.METHOD),
    "header": _taking(Use.HEADER),
    "data": _taking(Use.DATA),
    "data-ascii": _taking(Use.DATA),
    "data-raw": _taking(Use.RAW),
    "data-binary": _taking(Use.DATA),
    "data-urlencode": _taking(Use.URLENCODED),
    "json": _taking(Use.JSON),
    "form": _taking(Use.FORM),
    "form-string": _taking(Use.FORM),
    "user": _taking(Use.USER),
    "oauth2-bearer": _taking(Use.BEARER),
    "cookie": _taking(Use.COOKIE),
    "user-agent": _taking(Use.AGENT),
    "referer": _taking(Use.REFERER),
    "range": _taking(Use.RANGE),
    "url": _taking(Use.URL),
    "get": Option(use=Use.GET),
    "head": Option(use=Use.HEAD),
    "path-as-is": Option(use=Use.AS_IS),
    "globoff": Option(use=Use.PLAIN),
    "silent": _QUIET,
    "show-error": _QUIET,
    "include": _QUIET,
    "verbose": _QUIET,
    "fail": _QUIET,
    "fail-with-body": _QUIET,
    "no-buffer": _QUIET,
    "progress-bar": _QUIET,
    "no-progress-meter": _QUIET,
    "remote-name": _QUIET,
    "http1.1": _QUIET,
    "basic": _QUIET,
    "ipv4": _QUIET,
    "ipv6": _QUIET,
    "tcp-nodelay": _QUIET,
    "insecure": _QUIET,
    "output": _QUIET_WORD,
    "write-out": _QUIET_WORD,
    "dump-header": _QUIET_WORD,
    "stderr": _QUIET_WORD,
    "trace": _QUIET_WORD,
    "trace-ascii": _QUIET_WORD,
    "location": _lost("a redirection is not followed"),
    "compressed": _lost("the Accept-Encoding that curl would add is not sent"),
    "http2": _lost("it is sent in HTTP/1.1"),
    "http3": _lost("it is sent in HTTP/1.1"),
    "http2-prior-knowledge": _lost("it is sent in HTTP/1.1"),
    "max-time": _lost("the client does not give up earlier", takes=True),
    "connect-timeout": _lost("the client does not give up earlier", takes=True),
    "retry": _lost("it is sent once", takes=True),
    "retry-delay": _lost("it is sent once", takes=True),
    "retry-max-time": _lost("it is sent once", takes=True),
    "retry-all-errors": _lost("it is sent once"),
    "retry-connrefused": _lost("it is sent once"),
    "proxy": _lost("it goes to the service itself", takes=True),
    "noproxy": _lost("it goes to the service itself", takes=True),
    "resolve": _lost("it goes to the service itself", takes=True),
    "connect-to": _lost("it goes to the service itself", takes=True),
    "cacert": _lost("it goes out without TLS", takes=True),
    "cert": _lost("it goes out without TLS", takes=True),
    "key": _lost("it goes out without TLS", takes=True),
    "tlsv1.2": _lost("it goes out without TLS"),
    "tlsv1.3": _lost("it goes out without TLS"),
    "cookie-jar": _lost("cookies of the answer are not kept", takes=True),
    "limit-rate": _lost("it is sent at once", takes=True),
}
"""Every option that is understood, by its long name."""

SHORT: Mapping[str, str] = {
    "X": "request",
    "H": "header",
    "d": "data",
    "F": "form",
    "u": "user",
    "b": "cookie",
    "A": "user-agent",
    "e": "referer",
    "r": "range",
    "G": "get",
    "I": "head",
    "g": "globoff",
    "s": "silent",
    "S": "show-error",
    "i": "include",
    "v": "verbose",
    "f": "fail",
    "N": "no-buffer",
    "#": "progress-bar",
    "O": "remote-name",
    "4": "ipv4",
    "6": "ipv6",
    "k": "insecure",
    "o": "output",
    "w": "write-out",
    "D": "dump-header",
    "L": "location",
    "m": "max-time",
    "x": "proxy",
    "E": "cert",
    "c": "cookie-jar",
}
"""The letters of those that have one."""
