"""What is wrong in `service` is told with its place and the right spelling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Wrong = tuple[str, str, str, list[tuple[int, int, str, str, str]]]

WRONG: tuple[Wrong, ...] = (
    (
        "a deadline that nobody waits for",
        "deadline: 2s",
        "deadline: 300.1s",
        [(6, 13, "service.deadline", "expected at most 5m: with a longer deadline no hang could ever be told", "")],
    ),
    ("a misspelt key", "workers: 2", "worker: 2", [(5, 3, "service.worker", "unknown key", "workers")]),
    (
        "a key that nothing resembles",
        "workers: 2",
        "colour: 2",
        [
            (
                5,
                3,
                "service.colour",
                "unknown key; the keys here are app, clock, command, database, deadline, env, errors, openapi, ready, server, start_timeout, threads, url, workers",
                "",
            )
        ],
    ),
    (
        "app and url",
        "workers: 2",
        "url: http://127.0.0.1:1",
        [(5, 3, "service.url", "app says how the service runs already; only one of app, command, url", "")],
    ),
    (
        "app, command and url",
        "workers: 2",
        "command: [a]\n  url: http://127.0.0.1:1",
        [
            (5, 3, "service.command", "app says how the service runs already; only one of app, command, url", ""),
            (6, 3, "service.url", "app says how the service runs already; only one of app, command, url", ""),
        ],
    ),
    (
        "nothing to run",
        "app: shop:app",
        "errors: problem+json",
        [(2, 1, "service", "missing how the service runs: one of app, command, url", "")],
    ),
    (
        "workers for a url",
        "app: shop:app",
        "url: http://127.0.0.1:8000",
        [
            (4, 3, "service.server", "a service behind a url runs already; leave this out", ""),
            (5, 3, "service.workers", "a service behind a url runs already; leave this out", ""),
            (7, 3, "service.env", "a service behind a url runs already; leave this out", ""),
            (
                9,
                3,
                "dependencies.bank.port",
                "missing; a service behind a url is not started by the harness, so nobody tells it where this dependency is: give a free port, and start the service with BANK_URL=http://127.0.0.1:<port>",
                "",
            ),
        ],
    ),
    (
        "workers for a command",
        "app: shop:app",
        "command: [serve]",
        [
            (4, 3, "service.server", "the command itself decides this; leave this out", ""),
            (5, 3, "service.workers", "the command itself decides this; leave this out", ""),
        ],
    ),
    (
        "workers for waitress",
        "server: gunicorn",
        "server: waitress",
        [(5, 3, "service.workers", "waitress runs one process; leave this out", "")],
    ),
    (
        "workers and threads in-process",
        "server: gunicorn",
        "server: wsgi\n  threads: 2",
        [
            (5, 3, "service.threads", "in-process WSGI is one process without a server; leave this out", ""),
            (6, 3, "service.workers", "in-process WSGI is one process without a server; leave this out", ""),
        ],
    ),
    (
        "an unknown server",
        "server: gunicorn",
        "server: gunicron",
        [(4, 11, "service.server", "expected one of gunicorn, waitress, wsgi", "gunicorn")],
    ),
    (
        "a server that is implied",
        "server: gunicorn",
        "server: url",
        [(4, 11, "service.server", "expected one of gunicorn, waitress, wsgi", "")],
    ),
    (
        "no workers at all",
        "workers: 2",
        "workers: 0",
        [(5, 12, "service.workers", "expected a whole number from 1 to 64", "")],
    ),
    (
        "workers as a fraction",
        "workers: 2",
        "workers: 2.5",
        [(5, 12, "service.workers", "expected a whole number, found a decimal number", "")],
    ),
    (
        "yes is text",
        "workers: 2",
        "workers: yes",
        [(5, 12, "service.workers", "expected a whole number, found text", "")],
    ),
    (
        "true is no number",
        "workers: 2",
        "workers: true",
        [(5, 12, "service.workers", "expected a whole number, found true or false", "")],
    ),
    (
        "a bare number as a duration",
        "deadline: 2s",
        "deadline: 2",
        [(6, 13, "service.deadline", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "2s")],
    ),
    (
        "a duration in words",
        "deadline: 2s",
        "deadline: 1.5 seconds",
        [(6, 13, "service.deadline", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "1.5s")],
    ),
    (
        "a duration in a unit of its own",
        "deadline: 2s",
        "deadline: 2h",
        [(6, 13, "service.deadline", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "")],
    ),
    (
        "no duration",
        "deadline: 2s",
        "deadline: 0s",
        [(6, 13, "service.deadline", "expected a duration longer than nothing", "")],
    ),
    (
        "a duration of years",
        "deadline: 2s",
        "deadline: 99999m",
        [(6, 13, "service.deadline", "a duration is at most a day", "")],
    ),
    (
        "a clock time",
        "deadline: 2s",
        "deadline: 1:30",
        [(6, 13, "service.deadline", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "")],
    ),
    (
        "a list as a duration",
        "deadline: 2s",
        "deadline: [2s]",
        [(6, 13, "service.deadline", "expected a duration such as 2s, found a list", "")],
    ),
    (
        "an app with a dot for its colon",
        "app: shop:app",
        "app: shop.create()",
        [(3, 8, "service.app", "expected module:attribute or module:factory()", "shop:create()")],
    ),
    (
        "an app that is only a module",
        "app: shop:app",
        "app: shop",
        [(3, 8, "service.app", "expected module:attribute or module:factory()", "shop:app")],
    ),
    (
        "an app with arguments",
        "app: shop:app",
        "app: shop:create(1)",
        [(3, 8, "service.app", "expected module:attribute or module:factory()", "")],
    ),
    (
        "a command as one line",
        "app: shop:app\n  server: gunicorn\n  workers: 2",
        "command: serve --on 'a b'",
        [(3, 12, "service.command", "a command is a list of arguments", '["serve", "--on", "a b"]')],
    ),
    (
        "a command without a program",
        "app: shop:app\n  server: gunicorn\n  workers: 2",
        "command: []",
        [(3, 12, "service.command", "a command has at least a program", "")],
    ),
    (
        "a misspelt placeholder in a command",
        "app: shop:app\n  server: gunicorn\n  workers: 2",
        'command: [serve, "{prot}"]',
        [(3, 20, "service.command[1]", "{prot} is no placeholder", "{port}")],
    ),
    (
        "PORT beside a command",
        "app: shop:app\n  server: gunicorn\n  workers: 2\n  deadline: 2s\n  env: {MODE: fast}",
        'command: [serve]\n  env: {PORT: "1"}',
        [(4, 9, "service.env.PORT", "the harness sets PORT to the port it chose", "")],
    ),
    (
        "a url without its scheme",
        "app: shop:app\n  server: gunicorn\n  workers: 2\n  deadline: 2s\n  env: {MODE: fast}",
        "url: localhost:8000",
        [(3, 8, "service.url", "expected http://host:port (the harness speaks plain HTTP)", "http://localhost:8000")],
    ),
    (
        "an https url",
        "app: shop:app\n  server: gunicorn\n  workers: 2\n  deadline: 2s\n  env: {MODE: fast}",
        "url: https://localhost",
        [(3, 8, "service.url", "expected http://host:port (the harness speaks plain HTTP)", "")],
    ),
    (
        "a url with a path and a password",
        "app: shop:app\n  server: gunicorn\n  workers: 2\n  deadline: 2s\n  env: {MODE: fast}",
        "url: http://me:pw@localhost:1/x",
        [(3, 8, "service.url", "expected only host and port; paths stand in the routes", "http://localhost:1")],
    ),
    (
        "a url with an impossible port",
        "app: shop:app\n  server: gunicorn\n  workers: 2\n  deadline: 2s\n  env: {MODE: fast}",
        "url: http://localhost:99999",
        [(3, 8, "service.url", "not a URL: Port out of range 0-65535", "")],
    ),
    (
        "a number as a variable",
        "{MODE: fast}",
        "{MODE: 1.10}",
        [(7, 15, "service.env.MODE", "expected text, found a decimal number", '"1.10"')],
    ),
    (
        "a variable without a proper name",
        "{MODE: fast}",
        "{MODE-A: fast}",
        [(7, 9, "service.env.MODE-A", "this cannot be the name of an environment variable", "")],
    ),
    (
        "a misspelt placeholder in a variable",
        "{MODE: fast}",
        '{MODE: "x{tmpp}"}',
        [(7, 15, "service.env.MODE", "{tmpp} is no placeholder", "{tmp}")],
    ),
    (
        "a NUL in a variable",
        "{MODE: fast}",
        '{MODE: "\\0"}',
        [(7, 15, "service.env.MODE", "an environment variable cannot hold a NUL", "")],
    ),
    (
        "a service that is text",
        "service:\n  app: shop:app\n  server: gunicorn\n  workers: 2\n  deadline: 2s\n  env: {MODE: fast}",
        "service: shop:app",
        [(2, 10, "service", "expected a mapping of keys and values, found text", "")],
    ),
    (
        "openapi as a URL",
        "workers: 2",
        "openapi: http://127.0.0.1/openapi.json",
        [(5, 12, "service.openapi", "expected a path of the service that begins with /", "/openapi.json")],
    ),
    (
        "a database that no variable names",
        "workers: 2",
        "database: MODUS",
        [(5, 13, "service.database", "no variable of env has this name", "MODE")],
    ),
    (
        "a clock in the variable of a dependency",
        "workers: 2",
        "clock: BANK_URL",
        [(5, 10, "service.clock", "the harness sets this variable to the address of bank", "")],
    ),
    (
        "a clock that no variable sets",
        "workers: 2",
        "clock: {form: '%s'}",
        [(5, 3, "service.clock.env", "missing", "")],
    ),
    (
        "a clock that is no variable",
        "workers: 2",
        "clock: app-clock",
        [(5, 10, "service.clock", "expected the name of an environment variable", "APP_CLOCK")],
    ),
    (
        "an unknown form of errors",
        "workers: 2",
        "errors: problem",
        [(5, 11, "service.errors", "expected problem+json", "problem+json")],
    ),
    (
        "a ready route without its method",
        "workers: 2",
        "ready: /healthz",
        [(5, 10, "service.ready", "expected a method and a path, such as GET /healthz", "GET /healthz")],
    ),
)
"""What is wrong; the right text that it replaces; the wrong text; every problem that is told."""


@pytest.mark.parametrize(("before", "after", "problems"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_every_mistake_in_service_is_told_whole(
    before: str,
    after: str,
    problems: list[tuple[int, int, str, str, str]],
    problems_of: Callable[[str, str], list[tuple[int, int, str, str, str]]],
) -> None:
    """All problems of the file, and no other, in order: line, column, dotted key, message, nearest right spelling."""
    assert problems_of(before, after) == problems
