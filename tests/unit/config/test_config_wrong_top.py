"""What is wrong at the top of the file is told with its place and the right spelling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Wrong = tuple[str, str, str, list[tuple[int, int, str, str, str]]]

WRONG: tuple[Wrong, ...] = (
    (
        "a format of the future",
        "format: 1",
        "format: 2",
        [(1, 9, "format", "this version of the harness reads format 1, not 2", "1")],
    ),
    (
        "a format that is text",
        "format: 1",
        'format: "1"',
        [(1, 9, "format", 'this version of the harness reads format 1, not "1"', "1")],
    ),
    (
        "a format that is true",
        "format: 1",
        "format: true",
        [(1, 9, "format", "this version of the harness reads format 1, not true", "1")],
    ),
    (
        "a misspelt key at the top",
        "operations:",
        "operation:",
        [(1, 1, "operations", "missing", ""), (15, 1, "operation", "unknown key", "operations")],
    ),
    (
        "no service",
        "service:",
        "servise:",
        [(1, 1, "service", "missing", ""), (2, 1, "servise", "unknown key", "service")],
    ),
    (
        "an empty section",
        "dependencies:\n  bank:",
        "dependencies:\nunused:\n  bank:",
        [
            (8, 14, "dependencies", "expected a mapping of keys and values, found nothing", ""),
            (
                9,
                1,
                "unused",
                "unknown key; the keys here are dependencies, format, not_secret, operations, secrets, service, watch",
                "",
            ),
        ],
    ),
    (
        "operations that are none",
        "operations:\n",
        "watch: [GET /a]\noperations: {}\nx:\n",
        [
            (16, 13, "operations", "expected at least one operation; without one there is nothing to test", ""),
            (
                17,
                1,
                "x",
                "unknown key; the keys here are dependencies, format, not_secret, operations, secrets, service, watch",
                "",
            ),
            (24, 1, "watch", "this key stands in line 15 already", ""),
        ],
    ),
    (
        "a route to watch that is not in a list",
        "[GET /healthz]",
        "GET /healthz",
        [(22, 8, "watch", "expected a list, found text", "")],
    ),
    (
        "a route to watch that changes things",
        "[GET /healthz]",
        "[POST /healthz, GET /a, GET /a]",
        [
            (22, 9, "watch[0]", "only GET is safe to ask over and over", "GET /healthz"),
            (22, 32, "watch[2]", "this route stands in line 22 already", ""),
        ],
    ),
    (
        "a route to watch with a field",
        "[GET /healthz]",
        '["GET /x/{id}"]',
        [(22, 9, "watch[0]", "this route is asked for as it stands; {id} has no value here", "")],
    ),
    (
        "secrets that are no names",
        "watch: [GET /healthz]",
        "secrets: [pin, 5, pin]",
        [
            (22, 16, "secrets[1]", "expected text, found a number", '"5"'),
            (22, 19, "secrets[2]", "this name stands in line 22 already", ""),
        ],
    ),
    (
        "patterns that are none",
        "watch: [GET /healthz]",
        "secrets: [/MEMBER, '/(/', '/a*/', '!pin']",
        [
            (22, 11, "secrets[0]", "a pattern stands between two slashes", "/MEMBER/"),
            (
                22,
                20,
                "secrets[1]",
                "this pattern is no regular expression: missing ), unterminated subpattern at position 0",
                "",
            ),
            (22, 27, "secrets[2]", "this pattern fits an empty text, so it would fit everywhere", ""),
            (22, 35, "secrets[3]", "what is no secret stands in 'not_secret', without a mark", "pin"),
        ],
    ),
    (
        "what is no secret, marked",
        "watch: [GET /healthz]",
        "not_secret: ['!pin']",
        [(22, 14, "not_secret[0]", "what is no secret stands in 'not_secret', without a mark", "pin")],
    ),
)
"""What is wrong; the right text that it replaces; the wrong text; every problem that is told."""


@pytest.mark.parametrize(("before", "after", "problems"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_every_mistake_at_the_top_is_told_whole(
    before: str,
    after: str,
    problems: list[tuple[int, int, str, str, str]],
    problems_of: Callable[[str, str], list[tuple[int, int, str, str, str]]],
) -> None:
    """All problems of the file, and no other, in order: line, column, dotted key, message, nearest right spelling."""
    assert problems_of(before, after) == problems
