"""A value that cannot be honoured says what is expected, and the right one where it is near."""

from __future__ import annotations

from pathlib import Path

from .project import Wrong, after_edit, named

VALUES: tuple[Wrong, ...] = (
    (
        "an operation without anything",
        "harness.yaml",
        "  look:\n    request: GET /orders",
        "  look:",
        ["harness.yaml:25:8: operations.look: expected a mapping of keys and values, found nothing"],
    ),
    (
        "operations as a list",
        "harness.yaml",
        "  buy:\n    request: POST /orders?trace=a\n    headers: {X-Shop: main}\n    json: {order: {id: x}, count: 1}\n    event: json:/order/id\n    effect: bank POST /entries/{id}\n    read: GET /orders/{answer.id}\n    failing: [502, 503]\n  look:\n    request: GET /orders",
        "  - request: POST /orders",
        ["harness.yaml:17:3: operations: expected a mapping of keys and values, found a list"],
    ),
    (
        "a dependency that is text",
        "harness.yaml",
        '  bank:\n    env: BANK_URL\n    calls:\n      - request: POST /entries/{id}\n        effect: {keyed: path:id}\n        answer: {status: 201, json: {id: "{uuid}"}}\n      - request: GET /rates',
        "  bank: http://bank",
        ["harness.yaml:9:9: dependencies.bank: expected a mapping of keys and values, found text"],
    ),
    (
        "a call without a list",
        "harness.yaml",
        "      - request: GET /rates",
        "    port: x",
        ["harness.yaml:15:11: dependencies.bank.port: expected a whole number, found text"],
    ),
)
"""Values of the wrong kind."""

RANGES: tuple[Wrong, ...] = (
    (
        "a port too large",
        "harness.yaml",
        "    env: BANK_URL",
        "    env: BANK_URL\n    port: 70000",
        ["harness.yaml:11:11: dependencies.bank.port: expected a whole number from 1 to 65535"],
    ),
    (
        "a thousand workers",
        "harness.yaml",
        "workers: 2",
        "workers: 1000",
        ["harness.yaml:5:12: service.workers: expected a whole number from 1 to 64"],
    ),
    (
        "a status that is none",
        "harness.yaml",
        "status: 201",
        "status: 99",
        ["harness.yaml:14:26: dependencies.bank.calls[0].answer.status: expected a whole number from 200 to 599"],
    ),
    (
        "a failing status of success",
        "harness.yaml",
        "[502, 503]",
        "[200, 500]",
        [
            "harness.yaml:24:15: operations.buy.failing[0]: expected a whole number from 400 to 599",
            "harness.yaml:24:20: operations.buy.failing[1]: 500 is a crash and no answer that a service declares; did you mean '503'?",
        ],
    ),
)
"""Numbers beyond their range."""

UNITS: tuple[Wrong, ...] = (
    (
        "minutes spelt out",
        "harness.yaml",
        "deadline: 2s",
        "deadline: 2 minutes",
        [
            "harness.yaml:6:13: service.deadline: expected a duration with its unit, such as 250ms, 1.5s or 1m; did you mean '2m'?"
        ],
    ),
    (
        "a duration in microseconds",
        "harness.yaml",
        "deadline: 2s",
        "deadline: 100us",
        ["harness.yaml:6:13: service.deadline: expected a duration with its unit, such as 250ms, 1.5s or 1m"],
    ),
    (
        "a negative duration",
        "harness.yaml",
        "deadline: 2s",
        "deadline: -1s",
        ["harness.yaml:6:13: service.deadline: expected a duration with its unit, such as 250ms, 1.5s or 1m"],
    ),
    (
        "a duration in ISO 8601",
        "harness.yaml",
        "deadline: 2s",
        "deadline: PT2S",
        ["harness.yaml:6:13: service.deadline: expected a duration with its unit, such as 250ms, 1.5s or 1m"],
    ),
    (
        "url without a port and app",
        "harness.yaml",
        "app: shop:app\n  server: gunicorn\n  workers: 2",
        "url: http://127.0.0.1:0",
        ["harness.yaml:3:8: service.url: no service listens on port 0; give the port that it has"],
    ),
)
"""Durations in other units."""

CONTRADICTIONS: tuple[Wrong, ...] = (
    (
        "an effect at a call without effect",
        "harness.yaml",
        "effect: bank POST /entries/{id}",
        "effect: bank GET /rates",
        [
            "harness.yaml:22:13: operations.buy.effect: this call is declared without an effect; an event would change nothing"
        ],
    ),
    (
        "an effect at an unknown dependency",
        "harness.yaml",
        "effect: bank POST",
        "effect: bnak POST",
        [
            "harness.yaml:22:13: operations.buy.effect: no such dependency is declared; did you mean 'bank POST /entries/{id}'?"
        ],
    ),
    (
        "an effect at an unknown call",
        "harness.yaml",
        "effect: bank POST /entries/{id}",
        "effect: bank POST /entry/{id}",
        [
            "harness.yaml:22:13: operations.buy.effect: bank declares no such call; did you mean 'bank POST /entries/{id}'?"
        ],
    ),
    (
        "an identity in a body that is not there",
        "harness.yaml",
        "    request: GET /orders\n",
        "    request: GET /orders\n    event: json:/id\n",
        ["harness.yaml:27:12: operations.look.event: there is no json example that this could point into"],
    ),
    (
        "a read by another field",
        "harness.yaml",
        "{answer.id}",
        "{id}",
        [
            "harness.yaml:23:11: operations.buy.read: {id} is not a field of the answer, such as {answer.id}; did you mean 'GET /orders/{answer.id}'?"
        ],
    ),
    (
        "a variable set twice",
        "harness.yaml",
        "MODE: fast",
        "BANK_URL: x",
        ["harness.yaml:7:9: service.env.BANK_URL: the harness sets this variable to the address of bank; leave it out"],
    ),
)
"""What contradicts something else in the file, or refers to what is not there."""


@named(VALUES + RANGES + UNITS + CONTRADICTIONS)
def test_a_wrong_value_is_told_whole(file: str, before: str, after: str, messages: list[str], project: Path) -> None:
    """Every message about the file, and no other, as its reader sees it."""
    assert after_edit(file, before, after) == messages
