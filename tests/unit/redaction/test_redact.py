"""What must never be written is not, and everything else stays as it was, byte for byte."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.redaction.redact import REDACTED, is_secret, redact_by_rules, redact_bytes, redact_headers, redact_text
from harness.redaction.scan import held

SECRETS = ["password", "token", "client_secret", "api_key", "apikey", "access_key", "private-key", "sessionId"]
PLAIN = ["Idempotency-Key", "source", "values", "key", "X-Request-Id", "Content-Length", "author"]


@pytest.mark.parametrize("name", [*SECRETS, "Authorization", "Set-Cookie", "cookie", "X-API-Key"])
def test_secret_names(name: str) -> None:
    """A name like a secret's is known in every spelling."""
    assert is_secret(name)


@pytest.mark.parametrize("name", PLAIN)
def test_plain_names(name: str) -> None:
    """Names that only look a little like it keep their values: they are evidence."""
    assert not is_secret(name)


def test_configured_names() -> None:
    """The configuration's further names count, without regard to case or marks."""
    assert is_secret("X-Member-No", ("x_member_no",))
    assert not is_secret("X-Member-Now", ("x_member_no",))


def test_headers() -> None:
    """Order, names and other values of headers stay."""
    headers = (("Host", "a"), ("AUTHORIZATION", "Bearer abcdefgh"), ("Referer", "/x?token=abc&b=1"), ("Cookie", "a=b"))
    assert redact_headers(headers) == (
        ("Host", "a"),
        ("AUTHORIZATION", REDACTED),
        ("Referer", "/x?token=[redacted]&b=1"),
        ("Cookie", REDACTED),
    )


CASES = {
    "a whole message": (
        b'POST /a?api_key=abc HTTP/1.1\r\nAuthorization: Basic dXNl\r\n\r\n{"a": "b", "password" : "p\\"w", "n": 1}',
        b'POST /a?api_key=[redacted] HTTP/1.1\r\nAuthorization: [redacted]\r\n\r\n{"a": "b", "password" : "[redacted]", "n": 1}',
    ),
    "a folded header": (
        b"GET / HTTP/1.1\r\nCookie: a=b;\r\n c=d\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nCookie: [redacted]\r\nHost: h\r\n\r\n",
    ),
    "a space before the colon": (b"Authorization : abc\r\n", b"Authorization : [redacted]\r\n"),
    "the second of two pipelined messages": (
        b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nCookie: abc\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nCookie: [redacted]\r\n\r\n",
    ),
    "JSON that is cut": (b'{"a": 1, "token": "abc', b'{"a": 1, "token": "[redacted]"'),
    "a value that is an object": (
        b'{"session": {"id": "}", "x": [1, {"y": 2}]}, "z": 3}',
        b'{"session": "[redacted]", "z": 3}',
    ),
    "a number": (b'{"token":12345,"z":3}', b'{"token":"[redacted]","z":3}'),
    "an escaped twin of the name": (b'{"pass\\u0077ord": "abc"}', b'{"pass\\u0077ord": "[redacted]"}'),
    "JSON inside a JSON string": (
        b'{"msg": "{\\"password\\": \\"a\\\\\\"b\\", \\"n\\": 1}"}',
        b'{"msg": "{\\"password\\": \\"[redacted]\\", \\"n\\": 1}"}',
    ),
    "Python's repr": (b"{'password': 'abc', 'n': 1}", b"{'password': '[redacted]', 'n': 1}"),
    "a form": (b"user=a&pass%77ord=b%20c&n=1", b"user=a&pass%77ord=[redacted]&n=1"),
    "multipart": (
        b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nabc\r\ndef\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n[redacted]\r\n--b--\r\n',
    ),
    "a log line": (
        b"INFO login password=abc user=x token: abc, n=1 Authorization: Token abcdefghij",
        b"INFO login password=[redacted] user=x token: [redacted], n=1 Authorization: [redacted]",
    ),
    "a URL with a password": (b"connect postgres://u:pw@db:5432/x", b"connect postgres://u:[redacted]@db:5432/x"),
    "bytes that are no text": (b"\xff\x00\xfe\r\ntoken=\xe9\xe9&a=\x80", b"\xff\x00\xfe\r\ntoken=[redacted]&a=\x80"),
}


@pytest.mark.parametrize("name", CASES)
def test_messages(name: str) -> None:
    """Only the secret's value changes, wherever it stands."""
    before, after = CASES[name]
    assert redact_bytes(before) == after


def test_port_of_a_host_stays() -> None:
    """A host named like a secret keeps its port: it is no value of a secret."""
    message = b"GET / HTTP/1.1\r\nHost: token-service:8080\r\n\r\n"
    assert redact_bytes(message) == message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings(encoding: str) -> None:
    """A body in UTF-16 or UTF-32 does not carry a secret past the rules."""
    head = b"POST / HTTP/1.1\r\nHost: h\r\n\r\n"
    body = '{"a": 1, "password": "hunter2"}'.encode(encoding)
    assert redact_bytes(head + body) == head + '{"a": 1, "password": "[redacted]"}'.encode(encoding)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_never_raises(data: bytes) -> None:
    """Any bytes at all are taken, and what was redacted once stays as it is."""
    once = redact_bytes(data)
    assert redact_bytes(once) == once


ALPHABET = st.sampled_from(list("{}[]\"'\\:,=& \r\n\tapasswordtoken1;<>-"))


@given(st.lists(ALPHABET, max_size=60).map("".join))
@settings(deadline=None)
def test_broken_json_is_taken_and_left_alone_the_second_time(text: str) -> None:
    """Text made of JSON's own marks never raises, and what was redacted once stays as it is."""
    once = redact_text(text)
    assert redact_text(once) == once


SHORT = st.integers(-(10**11), 10**11)
"""Numbers of fewer digits than a card's: among longer ones some are one, by chance, and are redacted."""
VALUES = st.none() | SHORT | st.text("\"\\'a{}[]:, \n\u20ac", max_size=8) | st.lists(st.text(max_size=3), max_size=3)


@given(st.dictionaries(st.sampled_from([*PLAIN, *SECRETS]), VALUES, max_size=6), st.sampled_from([None, 1]))
@example({"Idempotency-Key": "'", "password": "':"}, None)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_json_stays_json(document: dict[str, object], indent: int | None) -> None:
    """Of a JSON object, exactly the values of secrets change, whatever stands in the others."""
    expected = {name: REDACTED if is_secret(name) else value for name, value in document.items()}
    assert json.loads(redact_text(json.dumps(document, indent=indent))) == expected


SHAPED_UNITS = [
    "eyJ-",
    "eyJhbGciOi.",
    "glpat-",
    "a@",
    "a@b.",
    "4 ",
    "4111",
    "AB12 ",
    "%41",
    "\\u0041",
    "://a:",
    "x=%3D",
    "aZ7-",
]
UNITS = ["a", "\\", '"', "[", '{"a":', "a=", "://", "token:", " ", "\r\n", '"token":[', "-----BEGIN PRIVATE KEY-----"]


@pytest.mark.parametrize("unit", UNITS + SHAPED_UNITS)
def test_a_last_look_is_linear(unit: str) -> None:
    """A file built to be slow to look at is not."""
    text = json.dumps({"body": unit * (65_536 // len(unit))})
    began = time.process_time()
    held(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("unit", UNITS + SHAPED_UNITS)
def test_linear(unit: str) -> None:
    """A message built to be slow is not: 64 KiB of one unit take well under a second of CPU."""
    data = (unit * (65_536 // len(unit))).encode()
    began = time.process_time()
    redact_bytes(data)
    assert time.process_time() - began < 2


NAMES = [
    "pass",
    "PASS",
    "word",
    "%77ord",
    "\\u0070ass",
    "\u017fession",
    "\u212aey",
    "api",
    "k",
    "ey",
    "Cookie",
    "member",
]
BETWEEN = [
    "-",
    "_",
    "-no",
    '"',
    "'",
    ": ",
    "=",
    "&",
    "\r\n",
    " ",
    "http://u:",
    "@h",
    "bear",
    "er ",
    "Basic ",
    "abcdefgh1",
]


@given(
    st.lists(st.sampled_from(NAMES + BETWEEN), max_size=12).map("".join),
    st.sampled_from([(), ("Member No",), ("\u00e9",), ("",)]),
)
@example("with Basic abcdefgh1", ())
@example("Bearer abcdefgh1", ())
@example("http://u:abc@h", ())
@settings(deadline=None)
def test_a_look_saves_the_rules_and_misses_nothing(text: str, secrets: tuple[str, ...]) -> None:
    """What is told apart as harmless is what the rules leave alone: escapes, cases, marks and odd letters included."""
    assert redact_text(text, secrets) == redact_by_rules(text, secrets)
