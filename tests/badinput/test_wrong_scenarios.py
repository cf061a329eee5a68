"""A scenario or an answer book that could show nothing is refused, beside everything else that is wrong."""

from __future__ import annotations

from pathlib import Path

from .project import Wrong, after_edit, named

SCENARIOS: tuple[Wrong, ...] = (
    (
        "everything at once",
        "harness.yaml",
        "  server: gunicorn\n  workers: 2\n  deadline: 2s",
        "  server: gunicron\n  wrokers: 2\n  deadline: 2",
        [
            "harness.yaml:4:11: service.server: expected one of gunicorn, waitress, wsgi; did you mean 'gunicorn'?",
            "harness.yaml:5:3: service.wrokers: unknown key; did you mean 'workers'?",
            "harness.yaml:6:13: service.deadline: expected a duration with its unit, such as 250ms, 1.5s or 1m; did you mean '2s'?",
        ],
    ),
    (
        "an entry in a range",
        "scenarios/malformed.yaml",
        "- MJ01",
        "- MJ01-MJ05",
        [
            "scenarios/malformed.yaml:5:5: entries[0]: no such entry in the family malformed-payload; did you mean 'MJ10'?"
        ],
    ),
    (
        "an entry that does not exist",
        "scenarios/malformed.yaml",
        "- MJ01",
        "- MJ99",
        [
            "scenarios/malformed.yaml:5:5: entries[0]: no such entry in the family malformed-payload; did you mean 'MJ09'?"
        ],
    ),
    (
        "too many clients",
        "scenarios/duplicate.yaml",
        "clients: 4",
        "clients: 1000",
        ["scenarios/duplicate.yaml:5:24: entries[1].clients: expected a whole number from 2 to 500"],
    ),
    (
        "half a round",
        "scenarios/duplicate.yaml",
        "rounds: 2",
        "rounds: 0.5",
        ["scenarios/duplicate.yaml:5:35: entries[1].rounds: expected a whole number, found a decimal number"],
    ),
    (
        "a fault at an unknown dependency",
        "scenarios/timeout.yaml",
        "dependency: bank",
        "dependency: bnk",
        ["scenarios/timeout.yaml:6:37: entries[1].fault.dependency: no such dependency; did you mean 'bank'?"],
    ),
    (
        "a fault at an unknown call",
        "scenarios/timeout.yaml",
        "POST /entries/{id}",
        "POST /entry",
        [
            "scenarios/timeout.yaml:6:49: entries[1].fault.call: no such call of bank; did you mean 'POST /entries/{id}'?"
        ],
    ),
    (
        "a brace without quotes",
        "scenarios/timeout.yaml",
        '"POST /entries/{id}"',
        "POST /entries/{id}",
        [
            "scenarios/timeout.yaml:6:63: not YAML: the { of line 6 is not closed: expected , or } and found {; put a text that holds a { in quotes"
        ],
    ),
    (
        "a fault without dependency",
        "scenarios/timeout.yaml",
        'dependency: bank, call: "POST /entries/{id}", ',
        "",
        ["scenarios/timeout.yaml:6:5: entries[1].fault.dependency: missing"],
    ),
    (
        "a fault of two kinds",
        "scenarios/timeout.yaml",
        "delay: 1s",
        "code: 500",
        [
            "scenarios/timeout.yaml:6:71: entries[1].fault.code: unknown key; the keys here are call, delay, dependency, first, kind, landed, times"
        ],
    ),
    (
        "a delay without a unit",
        "scenarios/timeout.yaml",
        "delay: 1s",
        "delay: 1000",
        [
            "scenarios/timeout.yaml:6:78: entries[1].fault.delay: expected a duration with its unit, such as 250ms, 1.5s or 1m; did you mean '1000ms'?"
        ],
    ),
    (
        "an own name without a fault",
        "scenarios/timeout.yaml",
        '    fault: {kind: late, dependency: bank, call: "POST /entries/{id}", delay: 1s, times: 1}\n',
        "    title: x\n",
        [
            "scenarios/timeout.yaml:5:9: entries[1].id: no such entry in the family timeout; an entry of your own says its fault; its entries are T01, T02, T05, T08, T09, T10, T11, T12, T13, T15, T16, T18, T19, T21, T22, T23, T24, T26, T28, T29, T30, T31, T35, T36, T37, T43, T45, T46, T47, T48"
        ],
    ),
    (
        "a rate per minute",
        "scenarios/load.yaml",
        "rate: 20",
        "rate: 20/m",
        ["scenarios/load.yaml:5:11: entries[0].rate: expected arrivals per second as a plain number"],
    ),
    (
        "a threshold of the mean",
        "scenarios/load.yaml",
        "p(95) < 250ms",
        "mean < 250ms",
        [
            "scenarios/load.yaml:7:18: entries[0].thresholds[0]: 'mean' is not measured; the measures are p, errors and rate, such as p(95) < 250ms, errors < 1% or rate > 40"
        ],
    ),
    (
        "a threshold without unit",
        "scenarios/load.yaml",
        "p(95) < 250ms",
        "p(95) < 250",
        [
            "scenarios/load.yaml:7:18: entries[0].thresholds[0]: the bound of 'p': expected a duration with its unit, such as 250ms, 1.5s or 1m; write 250ms"
        ],
    ),
    (
        "a threshold as p95",
        "scenarios/load.yaml",
        "p(95) < 250ms",
        "p95 < 250ms",
        [
            "scenarios/load.yaml:7:18: entries[0].thresholds[0]: expected a measure, a comparison and a bound; write p(95)"
        ],
    ),
    (
        "a share above everything",
        "scenarios/load.yaml",
        "errors < 1%",
        "errors < 200%",
        [
            "scenarios/load.yaml:7:35: entries[0].thresholds[1]: a share of errors below 200% says nothing; write one above 0% and up to 100%"
        ],
    ),
    (
        "a threshold twice",
        "scenarios/load.yaml",
        "errors < 1%",
        "p(95) < 1s",
        ["scenarios/load.yaml:7:35: entries[0].thresholds[1]: line 7 bounds this already"],
    ),
)
"""Wrong entries, faults, loads."""

BOOKS: tuple[Wrong, ...] = (
    (
        "no book",
        "scenarios/versions.yaml",
        "[clients/v1.yaml]",
        "[]",
        ["scenarios/versions.yaml:3:10: clients: expected at least one answer book"],
    ),
    (
        "a book that is not there",
        "scenarios/versions.yaml",
        "clients/v1.yaml",
        "clients/v2.yaml",
        [
            "scenarios/versions.yaml:3:11: clients[0]: scenarios/clients/v2.yaml: no such file; did you mean 'clients/v1.yaml'?"
        ],
    ),
    (
        "a book whose name has a NUL",
        "scenarios/versions.yaml",
        "clients/v1.yaml",
        '"clients/v1\\0.yaml"',
        [
            "scenarios/versions.yaml:3:11: clients[0]: scenarios/clients/v1\x00.yaml: the name of a file cannot hold a NUL"
        ],
    ),
    (
        "a book that is a directory",
        "scenarios/versions.yaml",
        "clients/v1.yaml",
        "clients",
        ["scenarios/versions.yaml:3:11: clients[0]: scenarios/clients: this is a directory; name a file"],
    ),
    (
        "a book twice",
        "scenarios/versions.yaml",
        "[clients/v1.yaml]",
        "[clients/v1.yaml, clients/v1.yaml]",
        [
            "scenarios/versions.yaml:3:10: clients: two of these books are of the client 'v1'",
            "scenarios/versions.yaml:3:28: clients[1]: this book stands in line 3 already",
        ],
    ),
    (
        "no clients",
        "scenarios/versions.yaml",
        "clients: [clients/v1.yaml]\n",
        "",
        ["scenarios/versions.yaml:1:1: clients: missing"],
    ),
    (
        "clients in another family",
        "scenarios/malformed.yaml",
        "operations: [buy]",
        "clients: [clients/v1.yaml]",
        [
            "scenarios/malformed.yaml:3:1: clients: unknown key; the keys here are entries, family, format, operations, title"
        ],
    ),
    (
        "a book of an unknown operation",
        "scenarios/clients/v1.yaml",
        "operation: buy",
        "operation: bui",
        [
            "scenarios/clients/v1.yaml:3:12: operation: the configuration declares no such operation; did you mean 'buy'?"
        ],
    ),
    (
        "a method in small letters",
        "scenarios/clients/v1.yaml",
        "method: POST",
        "method: post",
        [
            "scenarios/clients/v1.yaml:8:23: exchanges[0].request.method: expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; did you mean 'POST'?"
        ],
    ),
    (
        "a target without a slash",
        "scenarios/clients/v1.yaml",
        "target: /orders,",
        "target: orders,",
        [
            "scenarios/clients/v1.yaml:8:37: exchanges[0].request.target: expected a path that begins with /, visible ASCII, percent-encoded, without a fragment"
        ],
    ),
    (
        "an answer of no status",
        "scenarios/clients/v1.yaml",
        "status: 201",
        "status: ok",
        ["scenarios/clients/v1.yaml:9:22: exchanges[0].answer.status: expected a whole number, found text"],
    ),
    (
        "a status of 1xx",
        "scenarios/clients/v1.yaml",
        "status: 201",
        "status: 100",
        ["scenarios/clients/v1.yaml:9:22: exchanges[0].answer.status: expected a whole number from 200 to 599"],
    ),
    (
        "a reference to nothing",
        "scenarios/clients/v1.yaml",
        "{made.id}",
        "{maed.id}",
        ["scenarios/clients/v1.yaml:10:5: exchanges[1]: no earlier exchange is called 'maed'; did you mean 'made'?"],
    ),
    (
        "a reference to a later exchange",
        "scenarios/clients/v1.yaml",
        "target: /orders,",
        'target: "/orders/{read.id}",',
        ["scenarios/clients/v1.yaml:7:5: exchanges[0]: no earlier exchange is called 'read'"],
    ),
    (
        "a misspelt placeholder",
        "scenarios/clients/v1.yaml",
        "{uuid}",
        "{uid}",
        [
            "scenarios/clients/v1.yaml:9:38: exchanges[0].answer.json.id: {uid} is no placeholder; did you mean '{uuid}'?"
        ],
    ),
    (
        "an event without its number",
        "scenarios/clients/v1.yaml",
        "{event 1}",
        "{event}",
        [
            "scenarios/clients/v1.yaml:8:61: exchanges[0].request.headers.Key: {event} is no identity; they are numbered from 1 to 999; did you mean '{event 1}'?"
        ],
    ),
    (
        "an event number 0",
        "scenarios/clients/v1.yaml",
        "{event 1}",
        "{event 0}",
        [
            "scenarios/clients/v1.yaml:8:61: exchanges[0].request.headers.Key: {event 0} is no identity; they are numbered from 1 to 999; did you mean '{event 1}'?"
        ],
    ),
    (
        "two exchanges of one name",
        "scenarios/clients/v1.yaml",
        "name: read",
        "name: made",
        ["scenarios/clients/v1.yaml:10:11: exchanges[1].name: this name stands in line 7 already"],
    ),
    (
        "no answers",
        "scenarios/clients/v1.yaml",
        '    answer: {status: 200, json: {id: "{made.id}"}}\n',
        "",
        ["scenarios/clients/v1.yaml:10:5: exchanges[1].answer: missing"],
    ),
    (
        "additions maybe",
        "scenarios/clients/v1.yaml",
        "additions: allowed",
        "additions: maybe",
        ["scenarios/clients/v1.yaml:4:12: additions: expected one of refused, allowed"],
    ),
    (
        "a book of format 2",
        "scenarios/clients/v1.yaml",
        "format: 1",
        "format: 2",
        ["scenarios/clients/v1.yaml:1:9: format: this version of the harness reads format 1, not 2; did you mean '1'?"],
    ),
    (
        "not YAML in a book",
        "scenarios/clients/v1.yaml",
        "{status: 200",
        "{status: 200]",
        ["scenarios/clients/v1.yaml:12:25: not YAML: the { of line 12 is not closed: expected , or } and found ]"],
    ),
)
"""Wrong answer books, and books that are not there."""


@named(SCENARIOS + BOOKS)
def test_a_wrong_scenario_is_told_whole(file: str, before: str, after: str, messages: list[str], project: Path) -> None:
    """Every message about the files, and no other, as their reader sees them."""
    assert after_edit(file, before, after) == messages
