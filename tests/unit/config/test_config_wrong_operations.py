"""What is wrong in `operations` is told with its place and the right spelling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Wrong = tuple[str, str, str, list[tuple[int, int, str, str, str]]]

WRONG: tuple[Wrong, ...] = (
    (
        "a lower-case method",
        "request: POST /orders",
        "request: post /orders",
        [
            (
                17,
                14,
                "operations.buy.request",
                "expected a method and a path; the methods are GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
                "POST /orders?trace=a",
            )
        ],
    ),
    (
        "a method of nobody",
        "request: POST /orders",
        "request: FROB /orders",
        [
            (
                17,
                14,
                "operations.buy.request",
                "expected a method and a path; the methods are GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
                "",
            )
        ],
    ),
    (
        "a route without its method",
        "request: POST /orders",
        "request: /orders",
        [
            (
                17,
                14,
                "operations.buy.request",
                "expected a method and a path, such as GET /healthz",
                "GET /orders?trace=a",
            )
        ],
    ),
    (
        "a whole URL",
        "request: POST /orders",
        "request: POST http://127.0.0.1/orders",
        [
            (
                17,
                14,
                "operations.buy.request",
                "expected a path that begins with / after the method",
                "POST /orders?trace=a",
            )
        ],
    ),
    (
        "a path with a space",
        "request: POST /orders",
        "request: POST /my orders",
        [
            (
                17,
                14,
                "operations.buy.request",
                "a path is visible ASCII, percent-encoded, without a fragment",
                "POST /my%20orders?trace=a",
            )
        ],
    ),
    (
        "a path with a fragment",
        "request: POST /orders?trace=a",
        'request: "POST /orders#top"',
        [
            (
                17,
                14,
                "operations.buy.request",
                "a path is visible ASCII, percent-encoded, without a fragment",
                "POST /orders",
            )
        ],
    ),
    (
        "a brace without its partner",
        "request: POST /orders?trace=a",
        "request: POST /orders/{id",
        [(17, 14, "operations.buy.request", "a { or } in this path has no partner", "")],
    ),
    (
        "a path field without a value",
        "request: POST /orders",
        "request: POST /orders/{shop}",
        [(17, 14, "operations.buy.request", "{shop} has no value; an identity can fill it: event: path:shop", "")],
    ),
    (
        "a path field that is no name",
        "request: POST /orders",
        "request: POST /orders/{a b}",
        [(17, 14, "operations.buy.request", "a path is visible ASCII, percent-encoded, without a fragment", "")],
    ),
    ("no request", "    request: POST /orders?trace=a\n", "", [(16, 3, "operations.buy.request", "missing", "")]),
    (
        "json and body",
        "event: json",
        "body: x\n    event: json",
        [(19, 5, "operations.buy.body", "json is the body already; only one of json, body", "")],
    ),
    (
        "a body without its type",
        "json: {order: {id: x}, count: 1}\n    event: json:/order/id",
        "body: x",
        [(18, 5, "operations.buy.body", "a body needs its Content-Type under headers", "")],
    ),
    (
        "a GET with a body",
        "request: POST /orders",
        "request: GET /orders",
        [(18, 5, "operations.buy.json", "a GET request has no body that means anything (RFC 9110, 9.3)", "")],
    ),
    (
        "a null example",
        "json: {order: {id: x}, count: 1}\n    event: json:/order/id",
        "json: null",
        [(18, 11, "operations.buy.json", "null says nothing here; write body: 'null' where a JSON null is meant", "")],
    ),
    (
        "a number that JSON lacks",
        "count: 1",
        "count: .inf",
        [(18, 35, "operations.buy.json.count", "JSON has no such number; quote it if it is text", "")],
    ),
    (
        "an identity that points to nothing",
        "event: json:/order/id",
        "event: json:/order/ids",
        [(19, 12, "operations.buy.event", "nothing lies there in the json example", "json:/order/id")],
    ),
    (
        "an identity that is no text",
        "event: json:/order/id",
        "event: json:/count",
        [
            (
                19,
                12,
                "operations.buy.event",
                "an identity is text (a UUID), and what lies there in the json example is not",
                "",
            )
        ],
    ),
    (
        "an identity in a body that is not JSON",
        "json: {order: {id: x}, count: 1}",
        "headers: {Content-Type: text/plain}\n    body: x",
        [(20, 12, "operations.buy.event", "there is no json example that this could point into", "")],
    ),
    (
        "an identity with a dotted path",
        "event: json:/order/id",
        "event: json:order.id",
        [
            (
                19,
                12,
                "operations.buy.event",
                "expected a JSON pointer (RFC 6901) after json:, such as json:/order/id",
                "json:/order/id",
            )
        ],
    ),
    (
        "an identity without its place",
        "event: json:/order/id",
        "event: /order/id",
        [
            (
                19,
                12,
                "operations.buy.event",
                "expected header:Name, json:/pointer, query:name or path:name",
                "json:/order/id",
            )
        ],
    ),
    (
        "an identity that is only a name",
        "event: json:/order/id",
        "event: Idempotency-Key",
        [
            (
                19,
                12,
                "operations.buy.event",
                "expected header:Name, json:/pointer, query:name or path:name",
                "header:Idempotency-Key",
            )
        ],
    ),
    (
        "an identity in another word",
        "event: json:/order/id",
        "event: headers:X-Id",
        [
            (
                19,
                12,
                "operations.buy.event",
                "expected header:Name, json:/pointer, query:name or path:name",
                "header:X-Id",
            )
        ],
    ),
    (
        "an identity twice",
        "event: json:/order/id",
        "event: [json:/order/id, json:/order/id]",
        [(19, 29, "operations.buy.event[1]", "this selector stands in line 19 already", "")],
    ),
    (
        "no identity in a list",
        "event: json:/order/id",
        "event: []",
        [(19, 12, "operations.buy.event", "expected at least one selector", "")],
    ),
    (
        "a query without the parameter",
        "event: json:/order/id",
        "event: query:trce",
        [(19, 12, "operations.buy.event", "the request's query has no such parameter", "query:trace")],
    ),
    (
        "a header that cannot be one",
        "event: json:/order/id",
        'event: "header:X Id"',
        [(19, 12, "operations.buy.event", "expected the name of a header field after header:", "")],
    ),
    (
        "a path field that is not there",
        "event: json:/order/id",
        "event: path:shop",
        [(19, 12, "operations.buy.event", "the request's path has no such {field}", "")],
    ),
    (
        "an unknown dependency",
        "effect: bank",
        "effect: bnk",
        [(20, 13, "operations.buy.effect", "no such dependency is declared", "bank POST /entries/{id}")],
    ),
    (
        "an undeclared call",
        "effect: bank POST /entries/{id}",
        "effect: bank POST /entry/{id}",
        [(20, 13, "operations.buy.effect", "bank declares no such call", "bank POST /entries/{id}")],
    ),
    (
        "a call without an effect",
        "effect: {keyed: path:id}",
        "effect: none",
        [
            (
                20,
                13,
                "operations.buy.effect",
                "this call is declared without an effect; an event would change nothing",
                "",
            )
        ],
    ),
    (
        "an effect without its call",
        "effect: bank POST /entries/{id}",
        "effect: bank",
        [
            (
                20,
                13,
                "operations.buy.effect",
                "expected a dependency and one of its calls, such as ledger POST /entries",
                "",
            )
        ],
    ),
    (
        "a read route with a bare field",
        "{answer.id}",
        "{id}",
        [
            (
                21,
                11,
                "operations.buy.read",
                "{id} is not a field of the answer, such as {answer.id}",
                "GET /orders/{answer.id}",
            )
        ],
    ),
    (
        "a read route with an odd field",
        "{answer.id}",
        "{reply.id}",
        [(21, 11, "operations.buy.read", "{reply.id} is not a field of the answer, such as {answer.id}", "")],
    ),
    (
        "a read route that changes things",
        "read: GET",
        "read: POST",
        [(21, 11, "operations.buy.read", "what was stored is read back with GET", "GET /orders/{answer.id}")],
    ),
    (
        "a crash as an answer",
        "watch:",
        "    failing: [500, 503, 503]\nwatch:",
        [
            (22, 15, "operations.buy.failing[0]", "500 is a crash and no answer that a service declares", "503"),
            (22, 25, "operations.buy.failing[2]", "this status stands in line 22 already", ""),
        ],
    ),
    (
        "a success as a failure",
        "watch:",
        "    in_flight: [201]\nwatch:",
        [(22, 17, "operations.buy.in_flight[0]", "expected a whole number from 400 to 599", "")],
    ),
    (
        "no call at all",
        "watch:",
        "    most_calls: 0\nwatch:",
        [(22, 17, "operations.buy.most_calls", "expected a whole number from 1 to 1000", "")],
    ),
    (
        "degraded outside of the answer's JSON",
        "watch:",
        "    degraded: header:Warning\nwatch:",
        [
            (
                22,
                15,
                "operations.buy.degraded",
                "expected a place in the answer's JSON, such as json:/degraded",
                "",
            )
        ],
    ),
    (
        "a deadline in no header field",
        "watch:",
        "    deadline_header: not a name\nwatch:",
        [
            (
                22,
                22,
                "operations.buy.deadline_header",
                "expected the name of a header field, such as X-Request-Timeout-Ms",
                "",
            )
        ],
    ),
    ("a misspelt key", "read: GET", "raed: GET", [(21, 5, "operations.buy.raed", "unknown key", "read")]),
    (
        "a name that no case can carry",
        "  buy:",
        "  buy/now:",
        [(16, 3, "operations.buy/now", "a name is a letter, then letters, digits, _ and -", "buy_now")],
    ),
    (
        "many mistakes at once",
        "json: {order: {id: x}, count: 1}\n    event: json:/order/id\n    effect: bank POST /entries/{id}\n    read: GET /orders/{answer.id}",
        "jsn: {}\n    effect: shop POST /x\n    read: POST /orders/{id}\n    most_calls: many",
        [
            (18, 5, "operations.buy.jsn", "unknown key", "json"),
            (19, 13, "operations.buy.effect", "no such dependency is declared", ""),
            (20, 11, "operations.buy.read", "what was stored is read back with GET", "GET /orders/{answer.id}"),
            (21, 17, "operations.buy.most_calls", "expected a whole number, found text", ""),
        ],
    ),
)
"""What is wrong; the right text that it replaces; the wrong text; every problem that is told."""


@pytest.mark.parametrize(("before", "after", "problems"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_every_mistake_in_operations_is_told_whole(
    before: str,
    after: str,
    problems: list[tuple[int, int, str, str, str]],
    problems_of: Callable[[str, str], list[tuple[int, int, str, str, str]]],
) -> None:
    """All problems of the file, and no other, in order: line, column, dotted key, message, nearest right spelling."""
    assert problems_of(before, after) == problems
