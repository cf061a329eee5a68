"""The strict door: what must not enter does not, and leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from sample_app.ingress.body import read_body
from sample_app.ingress.host import check_host
from sample_app.ingress.strict_json import parser
from sample_app.problems import Problem
from tests.sample_app.clients import BATCH, InProcess
from tests.sample_app.ledger import Ledger

LIMIT = 64 * 1024
LogLines = Callable[[], list[dict[str, object]]]


def wrapped(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


BAD_BODIES = {
    "nothing": (b"", 400, "json-invalid"),
    "white space": (b" \n", 400, "json-invalid"),
    "cut": (b'{"source": "crm", "values": ["a"', 400, "json-invalid"),
    "trailing comma": (b'{"source": "crm", "values": [],}', 400, "json-invalid"),
    "two documents": (b"{} {}", 400, "json-invalid"),
    "NUL tail": (b"{}\0", 400, "json-invalid"),
    "comment": (b"{} // hi", 400, "json-invalid"),
    "raw tab": (b'{"source": "a\tb", "values": []}', 400, "json-invalid"),
    "bad escape": (b'{"source": "\\x41", "values": []}', 400, "json-invalid"),
    "NaN": (b'{"source": NaN, "values": []}', 400, "json-invalid"),
    "minus Infinity": (b'{"source": -Infinity, "values": []}', 400, "json-invalid"),
    "1e999": (b'{"source": 1e999, "values": []}', 400, "json-ambiguous"),
    "-1e999": (b'{"source": -1e999, "values": []}', 400, "json-ambiguous"),
    "4,300 digits": (b'{"source": ' + b"1" * 4300 + b', "values": []}', 422, "validation"),
    "4,301 digits": (b'{"source": ' + b"1" * 4301 + b', "values": []}', 400, "json-invalid"),
    "60,000 digits": (b"1" * 60_000, 400, "json-invalid"),
    "name twice": (b'{"source": "a", "source": "b", "values": []}', 400, "json-ambiguous"),
    "name twice, same value": (b'{"source": "a", "source": "a", "values": []}', 400, "json-ambiguous"),
    "name twice, escaped": (b'{"source": "a", "\\u0073ource": "b", "values": []}', 400, "json-ambiguous"),
    "33 deep": (wrapped(33), 400, "json-too-deep"),
    "5,000 deep": (wrapped(5000), 400, "json-too-deep"),
    "60,000 brackets": (b"[" * 60_000, 400, "json-too-deep"),
    "32 deep": (wrapped(32), 422, "validation"),
    "Latin-1": (b'{"source": "\xe9", "values": []}', 400, "encoding-invalid"),
    "overlong": (b'{"source": "\xc0\xaf", "values": []}', 400, "encoding-invalid"),
    "CESU": (b'{"source": "\xed\xa0\x80", "values": []}', 400, "encoding-invalid"),
    "byte order mark": (b'\xef\xbb\xbf{"source": "a", "values": []}', 400, "encoding-invalid"),
    "UTF-16": ('{"source": "a", "values": []}'.encode("utf-16"), 400, "encoding-invalid"),
    "UTF-16 without a mark": ('{"source": "a", "values": []}'.encode("utf-16-le"), 400, "json-invalid"),
    "UTF-32": ('{"source": "a", "values": []}'.encode("utf-32-be"), 400, "json-invalid"),
    "lone surrogate": (b'{"source": "\\ud800", "values": []}', 400, "json-ambiguous"),
    "reversed surrogates": (b'{"source": "a", "values": ["\\udc00\\ud800"]}', 400, "json-ambiguous"),
    "lone surrogate in a name": (b'{"source": "a", "values": [], "\\ud800": 1}', 400, "json-ambiguous"),
    "U+0000 in a value": (b'{"source": "a", "values": ["\\u0000"]}', 422, "validation"),
    "U+0000 in a name": (b'{"source": "a", "values": [], "\\u0000": 1}', 422, "validation"),
    "null": (b"null", 422, "validation"),
    "true": (b"true", 422, "validation"),
    "zero": (b"0", 422, "validation"),
    "string": (b'""', 422, "validation"),
    "list": (b"[]", 422, "validation"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_and_leaves_nothing(name: str, client: InProcess, ledger: Ledger) -> None:
    """A body that is not one clean document gets its own 4xx, and its key is still free for a good one."""
    body, status, slug = BAD_BODIES[name]
    assert client.post(body).problem == (status, slug)
    assert client.post(BATCH).status == 201
    assert len(ledger.calls) == 1


FIELD_ERRORS: dict[str, tuple[dict[str, object], list[str]]] = {
    "no source": ({"values": []}, ["/source"]),
    "no values": ({"source": "a"}, ["/values"]),
    "nothing": ({}, ["/source", "/values"]),
    "null source": ({"source": None, "values": []}, ["/source"]),
    "null values": ({"source": "a", "values": None}, ["/values"]),
    "null value": ({"source": "a", "values": ["x", None]}, ["/values/1"]),
    "empty source": ({"source": "", "values": []}, ["/source"]),
    "long source": ({"source": "s" * 65, "values": []}, ["/source"]),
    "number for source": ({"source": 1, "values": []}, ["/source"]),
    "true for source": ({"source": True, "values": []}, ["/source"]),
    "list for source": ({"source": ["a"], "values": []}, ["/source"]),
    "string for values": ({"source": "a", "values": "abc"}, ["/values"]),
    "object for values": ({"source": "a", "values": {"0": "a"}}, ["/values"]),
    "mixed values": (
        {"source": "a", "values": [1, "b", False, 1.5, {}, []]},
        [f"/values/{i}" for i in (0, 2, 3, 4, 5)],
    ),
    "long value": ({"source": "a", "values": ["v" * 1001]}, ["/values/0"]),
    "too many values": ({"source": "a", "values": ["v"] * 1001}, ["/values"]),
    "extra field": ({"source": "a", "values": [], "x/~": 1}, ["/x~1~0"]),
    "misspelt field": ({"source": "a", "valeus": []}, ["/values", "/valeus"]),
}


@pytest.mark.parametrize("name", FIELD_ERRORS)
def test_each_breach_is_named_by_its_path(name: str, client: InProcess) -> None:
    """A document that breaks the contract is answered 422 with a JSON Pointer for every breach; nothing is converted."""
    document, paths = FIELD_ERRORS[name]
    reply = client.post(document)
    assert reply.problem == (422, "validation")
    assert [error["path"] for error in reply.json["errors"]] == paths


@pytest.mark.parametrize(
    "document",
    [
        {"source": "s" * 64, "values": ["v" * 1000]},
        {"source": "s", "values": ["v"] * 1000},
        {"source": " ", "values": ["\U0001f600" * 1000]},
        {"source": "s", "values": []},
    ],
    ids=["longest", "most", "astral", "empty"],
)
def test_what_is_just_legal_is_accepted(document: dict[str, Any], client: InProcess) -> None:
    """The limits are inclusive, count characters, and an empty list is a list."""
    reply = client.post(document)
    assert (reply.status, reply.json["source"], reply.json["accepted"]) == (201, document["source"], document["values"])


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({"key": None}, "idempotency-key-missing"),
        ({"key": ""}, "idempotency-key-invalid"),
        ({"key": "k" * 256}, "idempotency-key-invalid"),
        ({"key": "a b"}, "idempotency-key-invalid"),
        ({"key": "a,b"}, "idempotency-key-invalid"),
        ({"key": "clé"}, "idempotency-key-invalid"),
        ({"key": "a\x7f"}, "idempotency-key-invalid"),
    ],
    ids=["missing", "empty", "long", "space", "list", "not ASCII", "control"],
)
def test_a_key_that_is_not_one_key_is_refused(headers: dict[str, Any], slug: str, client: InProcess) -> None:
    """Only one visible token can name an event."""
    assert client.post(BATCH, **headers).problem == (400, slug)


@pytest.mark.parametrize("key", ["a", "k" * 255, '"8e03978e"', "!#$%&'*+-.^_`|~/:;=?@[]{}()<>\\"])
def test_a_key_is_opaque(key: str, client: InProcess) -> None:
    """Any token of 1 to 255 visible ASCII characters without a comma is a key, compared as it is."""
    assert [client.post(BATCH, key=key).headers.get("idempotency-replayed") for _ in range(2)] == [None, "true"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "application/json; charset=utf-8"}, 201),
        ({"Content_Type": 'Application/JSON;charset="UTF-8"'}, 201),
        ({"Content_Type": "application/json; charset=utf-16"}, 415),
        ({"Content_Type": "application/json;charset=latin-1"}, 415),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content_Type": "application/vnd.x+json"}, 415),
        ({"Content_Type": "application/json, text/plain"}, 415),
        ({"Content_Type": ""}, 415),
        ({"Content_Encoding": "gzip"}, 415),
        ({"Content_Encoding": "identity"}, 201),
    ],
)
def test_only_plain_json_in_utf8_is_read(headers: dict[str, str], status: int, client: InProcess) -> None:
    """The body says what it is, and nothing else is guessed."""
    assert client.post(BATCH, **headers).status == status


def padded(size: int) -> bytes:
    return b'{"source": "crm", "values": []}'.ljust(size)


@pytest.mark.parametrize(
    ("size", "chunked", "expected"),
    [
        (LIMIT - 1, False, 201),
        (LIMIT, False, 201),
        (LIMIT + 1, False, 413),
        (LIMIT, True, 201),
        (LIMIT + 1, True, 413),
    ],
)
def test_the_limit_is_the_last_size_accepted(size: int, chunked: bool, expected: int, client: InProcess) -> None:
    """A body of exactly the limit enters, one byte more does not, whether its length was announced or not."""
    environ = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True} if chunked else {}
    assert client.post(padded(size), environ=environ).status == expected


@pytest.mark.parametrize(
    ("environ", "slug"),
    [
        ({"CONTENT_LENGTH": "100"}, "body-incomplete"),
        ({"CONTENT_LENGTH": "abc"}, "body-length-invalid"),
        ({"CONTENT_LENGTH": "-1"}, "body-length-invalid"),
        ({"CONTENT_LENGTH": "+11"}, "body-length-invalid"),
        ({"CONTENT_LENGTH": "1_1"}, "body-length-invalid"),
        ({"CONTENT_LENGTH": "11", "HTTP_TRANSFER_ENCODING": "chunked"}, "body-length-invalid"),
        ({"HTTP_TRANSFER_ENCODING": "gzip, chunked"}, "body-length-invalid"),
        ({"HTTP_TRANSFER_ENCODING": "identity"}, "body-length-invalid"),
        ({"CONTENT_LENGTH": "1" + "0" * 20}, "body-too-large"),
    ],
)
def test_the_announced_length_must_be_what_arrived(environ: dict[str, str], slug: str) -> None:
    """Complete JSON in a body that is shorter than announced is still an incomplete body."""
    with pytest.raises(Problem) as refused:
        read_body({"wsgi.input": BytesIO(b'{"a": 1234}'), "wsgi.input_terminated": True, **environ}, LIMIT)
    assert refused.value.slug == slug


def test_a_stream_that_fails_is_the_clients_body_breaking_off() -> None:
    """Whatever class a server raises from its stream, the client is told 400."""

    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise RuntimeError("chunk")

    with pytest.raises(Problem) as refused:
        read_body({"wsgi.input": Broken(), "wsgi.input_terminated": True}, LIMIT)
    assert refused.value.slug == "body-incomplete"


HOSTS = {
    "example.com": True,
    "EXAMPLE.com:8000": True,
    "127.0.0.1:1": True,
    "my_service": True,
    "host.": True,
    "[::1]:8000": True,
    "a:": True,
    "": False,
    "a b": False,
    "@": False,
    "a@b": False,
    "a..b": False,
    ".a": False,
    "a,b": False,
    "a, b": False,
    "a:99999": False,
    "a:x": False,
    "[::1": False,
    "a/b": False,
    "bücher": False,
    "a\n": False,
}


@pytest.mark.parametrize("host", HOSTS)
def test_host_must_be_one_host(host: str) -> None:
    """RFC 9112, section 3.2: anything but one valid Host is a bad request."""
    environ = {"HTTP_HOST": host, "SERVER_PROTOCOL": "HTTP/1.1"}
    if HOSTS[host]:
        check_host(environ)
    else:
        with pytest.raises(Problem, match="Host"):
            check_host(environ)


@pytest.mark.parametrize(("protocol", "refused"), [("HTTP/1.1", True), ("HTTP/1.0", False)])
def test_host_may_be_missing_only_under_http_1_0(protocol: str, refused: bool) -> None:
    """HTTP/1.0 had no Host header."""
    with pytest.raises(Problem, match="no Host") if refused else nullcontext():
        check_host({"SERVER_PROTOCOL": protocol})


def test_a_bad_host_is_refused_on_every_route(client: InProcess) -> None:
    """The rule stands before routing: it holds for reads and for addresses that do not exist."""
    answers = [client.get(path, Host="a b").problem for path in ("/healthz", "/nothing", "/openapi.json")]
    assert answers == [(400, "host-invalid")] * 3


@pytest.mark.parametrize("body", [b'"\\"' * 20_000, b'["' + b'\\"' * 30_000, b"[" + b'"",' * 20_000, b"]" * 60_000])
def test_counting_brackets_takes_linear_time(body: bytes) -> None:
    """No body within the limit costs more than a moment, however its quotation marks are laid."""
    began = time.process_time()
    with pytest.raises(Problem):
        parser(0)(b"[" + body)
    assert time.process_time() - began < 0.5


def test_brackets_inside_strings_do_not_count(client: InProcess) -> None:
    """Depth is a matter of structure, not of characters."""
    assert client.post({"source": '"[[[[' * 12, "values": ["{" * 500 + '\\"']}).status == 201


def test_other_addresses_and_methods_are_problems_too(client: InProcess) -> None:
    """404 and 405 have the same shape as every other error; 405 says what is allowed."""
    missing = [
        "/",
        "/v1/batches/",
        "//v1/batches",
        "/v1//batches",
        "/%00",
        "/v1/batches/nope",
        "/v1/batches/0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11",
    ]
    assert [client.get(path).problem for path in missing] == [(404, "not-found")] * len(missing)
    reply = client.get("/v1/batches")
    assert (reply.problem, reply.headers["allow"]) == ((405, "method-not-allowed"), "POST")


@pytest.mark.parametrize("path", ["/v1/batches", "/v2/batches", "/healthz", "/openapi.json"])
def test_a_method_that_no_contract_has_is_405(path: str, app: Flask) -> None:
    """OPTIONS, too: Flask would answer it by itself, with a page that no contract knows."""
    answers = [app.test_client().open(path, method=method) for method in ("OPTIONS", "PATCH", "DELETE")]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(405, "application/problem+json")] * 3


@pytest.mark.parametrize("given", ["", "a" * 129, "a b", 'x"y', "é", "a,b", "\U0001f600".encode().decode("latin-1")])
def test_a_strange_request_id_is_replaced(given: str, client: InProcess, log_lines: LogLines) -> None:
    """An id that could forge a log line or a header never comes back."""
    reply = client.post(BATCH, X_Request_Id=given)
    assert reply.headers["x-request-id"] not in ("", given)
    assert [line["request_id"] for line in log_lines()] == [reply.headers["x-request-id"]]


def test_a_request_id_goes_all_the_way(client: InProcess, ledger: Ledger, log_lines: LogLines) -> None:
    """The caller's id is returned, logged, and passed on to the ledger."""
    reply = client.post(BATCH, X_Request_Id="order-7.a_B")
    seen = (reply.headers["x-request-id"], log_lines()[0]["request_id"], ledger.calls[0].request_id)
    assert seen == ("order-7.a_B",) * 3
