"""Requests, answers and captures as hypothesis draws them for the tests of imports and exports."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from harness.exchange.documents import Source
from harness.model.captures import Capture
from harness.model.errors import ScenarioError
from harness.model.messages import Answer, Request

NAMES = st.sampled_from(("Accept", "X-Trace", "Content-Type", "Idempotency-Key", "User-Agent", "X-Empty", "If-Match"))
PLAIN = st.text(st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E), max_size=12).map(str.strip)
LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=12).map(
    lambda text: "".join(c for c in text if not 0x7F <= ord(c) < 0xA0).strip()
)
TARGETS = st.lists(st.sampled_from(("a", "v1", "%20", "b.c", "..", ".", "{x}", "[1]", "~", "x'y")), max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)
QUERIES = st.sampled_from(("", "?a=1", "?a=%C3%A9&b=", "?'q'"))
BODIES = st.one_of(
    st.binary(max_size=30),
    st.text(max_size=20).map(lambda text: text.encode("utf-8")),
    st.sampled_from((b"", b"@x", b'{"a": "\\u00e9"}', b"[" * 4000, b"a\r\nb\0")),
)


@st.composite
def requests(draw: st.DrawFn, values: st.SearchStrategy[str] = PLAIN) -> Request:
    """Draw a well-formed request whose Host and length are left to the client."""
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    return Request(
        method=draw(st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PURGE"))),
        target=draw(TARGETS) + draw(QUERIES),
        headers=tuple((name, draw(values)) for name in names),
        body=draw(BODIES),
    )


def answers() -> st.SearchStrategy[Answer]:
    """Return whole answers."""
    return st.builds(
        Answer,
        status=st.integers(200, 599),
        reason=st.sampled_from(("", "OK", "Not Found")),
        headers=st.lists(st.tuples(NAMES, LATIN), max_size=3).map(tuple),
        body=BODIES,
    )


def source(data: str | bytes, file: str = "seen") -> Source:
    """Return a file as it was read."""
    return Source(file=file, data=data.encode("utf-8") if isinstance(data, str) else data)


def only(capture: Capture) -> Request:
    """Return the only request of a capture."""
    (exchange,) = capture.exchanges
    assert isinstance(exchange.message, Request)
    return exchange.message


def told(error: ScenarioError) -> list[str]:
    """Return what a refusal says, a line a problem."""
    return [str(problem) for problem in error.problems]


def lines(*values: object) -> str:
    """Return values as JSON lines."""
    return "".join(json.dumps(value) + "\n" for value in values)
