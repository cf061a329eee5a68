"""What is wrong in `dependencies` is told with its place and the right spelling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Wrong = tuple[str, str, str, list[tuple[int, int, str, str, str]]]

WRONG: tuple[Wrong, ...] = (
    (
        "no variable",
        "env: BANK_URL",
        "enb: BANK_URL",
        [(9, 3, "dependencies.bank.env", "missing", ""), (10, 5, "dependencies.bank.enb", "unknown key", "env")],
    ),
    (
        "a variable with a space",
        "env: BANK_URL",
        "env: bank url",
        [(10, 10, "dependencies.bank.env", "expected the name of an environment variable", "BANK_URL")],
    ),
    (
        "the variable of the service",
        "env: BANK_URL",
        "env: MODE",
        [(7, 9, "service.env.MODE", "the harness sets this variable to the address of bank; leave it out", "")],
    ),
    (
        "one variable for two",
        "operations:",
        "  shop:\n    env: BANK_URL\noperations:",
        [(16, 10, "dependencies.shop.env", "bank has this variable already", "")],
    ),
    (
        "no variable for a started service, though a port",
        "env: BANK_URL",
        "port: 9107",
        [(9, 3, "dependencies.bank.env", "missing", "")],
    ),
    (
        "a port that is none",
        "env: BANK_URL",
        "env: BANK_URL\n    port: 65536",
        [(11, 11, "dependencies.bank.port", "expected a whole number from 1 to 65535", "")],
    ),
    (
        "one port for two",
        "  bank:\n    env: BANK_URL",
        "  shop:\n    env: SHOP_URL\n    port: 9107\n  bank:\n    env: BANK_URL\n    port: 9107",
        [(14, 11, "dependencies.bank.port", "shop has this port already", "")],
    ),
    (
        "a name with a space",
        "  bank:",
        "  my bank:",
        [
            (9, 3, "dependencies.my bank", "a name is a letter, then letters, digits, _ and -", "my_bank"),
            (20, 13, "operations.buy.effect", "no such dependency is declared", ""),
        ],
    ),
    (
        "a call without its request",
        "request: POST /entries/{id}",
        "requst: POST /entries/{id}",
        [
            (12, 9, "dependencies.bank.calls[0].request", "missing", ""),
            (12, 9, "dependencies.bank.calls[0].requst", "unknown key", "request"),
        ],
    ),
    (
        "a call with a query",
        "request: POST /entries/{id}",
        "request: POST /entries/{id}?x=1",
        [
            (
                12,
                18,
                "dependencies.bank.calls[0].request",
                "a call is matched by its path; leave the query out",
                "POST /entries/{id}",
            )
        ],
    ),
    (
        "a field in the middle of a segment",
        "request: POST /entries/{id}",
        "request: POST /entries/a{id}",
        [
            (
                12,
                18,
                "dependencies.bank.calls[0].request",
                "a field is a whole segment of the path, such as /entries/{id}",
                "",
            )
        ],
    ),
    (
        "a field twice",
        "request: POST /entries/{id}",
        "request: POST /{id}/{id}",
        [(12, 18, "dependencies.bank.calls[0].request", "a field stands twice in this path", "")],
    ),
    (
        "one call twice",
        "operations:",
        "      - request: POST /entries/{id}\noperations:",
        [(15, 18, "dependencies.bank.calls[1].request", "this call stands in line 12 already", "")],
    ),
    (
        "keyed without a key",
        "effect: {keyed: path:id}",
        "effect: keyed",
        [
            (
                13,
                17,
                "dependencies.bank.calls[0].effect",
                "expected keyed with its key, such as {keyed: header:Idempotency-Key}",
                "",
            )
        ],
    ),
    (
        "keyed without a value",
        "effect: {keyed: path:id}",
        "effect: {keyed}",
        [
            (
                13,
                23,
                "dependencies.bank.calls[0].effect.keyed",
                (
                    "no selector stands here; expected header:Name, json:/pointer, query:name or path:name, "
                    "such as header:Idempotency-Key or json:/order/id"
                ),
                "",
            )
        ],
    ),
    (
        "keyed by nothing",
        "effect: {keyed: path:id}",
        "effect: {keyed: []}",
        [(13, 25, "dependencies.bank.calls[0].effect.keyed", "expected at least one selector", "")],
    ),
    (
        "keyed by what the path lacks",
        "effect: {keyed: path:id}",
        "effect: {keyed: path:idd}",
        [(13, 25, "dependencies.bank.calls[0].effect.keyed", "the path of this call has no such {field}", "path:id")],
    ),
    (
        "a misspelt effect",
        "effect: {keyed: path:id}",
        "effect: unkeyd",
        [(13, 17, "dependencies.bank.calls[0].effect", "expected none, unkeyed or {keyed: ...}", "unkeyed")],
    ),
    (
        "a null effect",
        "effect: {keyed: path:id}",
        "effect:",
        [(13, 16, "dependencies.bank.calls[0].effect", "expected none, unkeyed or {keyed: ...}", "none")],
    ),
    (
        "a misspelt member of effect",
        "effect: {keyed: path:id}",
        "effect: {key: path:id}",
        [
            (13, 9, "dependencies.bank.calls[0].effect.keyed", "missing", ""),
            (13, 18, "dependencies.bank.calls[0].effect.key", "unknown key", "keyed"),
        ],
    ),
    (
        "storing without a key",
        "effect: {keyed: path:id}",
        "effect: unkeyed\n        store: /entries",
        [
            (
                14,
                9,
                "dependencies.bank.calls[0].store",
                "what is stored is read back by its key; this needs effect: {keyed: ...}",
                "",
            )
        ],
    ),
    (
        "a status that is none",
        "status: 201",
        "status: 99",
        [(14, 26, "dependencies.bank.calls[0].answer.status", "expected a whole number from 200 to 599", "")],
    ),
    (
        "json and body",
        "status: 201",
        "body: x",
        [(14, 18, "dependencies.bank.calls[0].answer.body", "json is the body already; only one of json, body", "")],
    ),
    (
        "a body where none can be",
        "status: 201",
        "status: 204",
        [(14, 31, "dependencies.bank.calls[0].answer.json", "an answer 204 has no body (RFC 9110, 15)", "")],
    ),
    (
        "a misspelt placeholder",
        "{uuid}",
        "{uiud}",
        [(14, 42, "dependencies.bank.calls[0].answer.json.id", "{uiud} is no placeholder", "{uuid}")],
    ),
    (
        "a null answer",
        '{id: "{uuid}"}',
        "null",
        [
            (
                14,
                37,
                "dependencies.bank.calls[0].answer.json",
                "null says nothing here; write body: 'null' where a JSON null is meant",
                "",
            )
        ],
    ),
    (
        "a header with a line break",
        "status: 201",
        'headers: {X-A: "a\\nb"}',
        [
            (
                14,
                33,
                "dependencies.bank.calls[0].answer.headers.X-A",
                "a header value is latin-1 without line breaks, control characters and outer spaces",
                "",
            )
        ],
    ),
    (
        "a header that is a number",
        "status: 201",
        "headers: {X-A: 1}",
        [(14, 33, "dependencies.bank.calls[0].answer.headers.X-A", "expected text, found a number", '"1"')],
    ),
    (
        "a header in two spellings",
        "status: 201",
        "headers: {X-A: a, x-a: b}",
        [
            (
                14,
                36,
                "dependencies.bank.calls[0].answer.headers.x-a",
                "names of header fields ignore case; give the values of one field as a list",
                "X-A",
            )
        ],
    ),
    (
        "a header that the client writes",
        "status: 201",
        'headers: {Content-Length: "5"}',
        [
            (
                14,
                28,
                "dependencies.bank.calls[0].answer.headers.Content-Length",
                "the client that sends the message writes this field; leave it out",
                "",
            )
        ],
    ),
    (
        "a header without a proper name",
        "status: 201",
        'headers: {"X A": "5"}',
        [
            (
                14,
                28,
                "dependencies.bank.calls[0].answer.headers.X A",
                "this cannot be the name of a header field (RFC 9110, 5.6.2)",
                "",
            )
        ],
    ),
    (
        "a body that is not base64",
        'json: {id: "{uuid}"}',
        'body: {base64: "?"}',
        [(14, 46, "dependencies.bank.calls[0].answer.body.base64", "this is not base64 (RFC 4648, with padding)", "")],
    ),
    (
        "a body of another kind",
        'json: {id: "{uuid}"}',
        "body: [1]",
        [
            (
                14,
                37,
                "dependencies.bank.calls[0].answer.body",
                "expected text, or {base64: ...} for bytes that are not text",
                "",
            )
        ],
    ),
)
"""What is wrong; the right text that it replaces; the wrong text; every problem that is told."""


@pytest.mark.parametrize(("before", "after", "problems"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_every_mistake_in_dependencies_is_told_whole(
    before: str,
    after: str,
    problems: list[tuple[int, int, str, str, str]],
    problems_of: Callable[[str, str], list[tuple[int, int, str, str, str]]],
) -> None:
    """All problems of the file, and no other, in order: line, column, dotted key, message, nearest right spelling."""
    assert problems_of(before, after) == problems
