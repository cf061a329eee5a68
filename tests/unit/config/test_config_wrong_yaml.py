"""A file that is not YAML 1.2 of the plain kind is refused with the place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Wrong = tuple[str, str, str, list[tuple[int, int, str, str, str]]]

NO_KEY = "a key is text, not an alias, a list or a mapping; a text that begins with {, [ or * needs quotes"
WRONG: tuple[Wrong, ...] = (
    (
        "a key twice",
        "workers: 2",
        "server: waitress",
        [(5, 3, "service.server", "this key stands in line 4 already", "")],
    ),
    (
        "an anchor",
        "app: shop:app",
        "app: &app shop:app",
        [(3, 8, "service.app", "anchors and aliases are not used here; write the value out", "")],
    ),
    (
        "an alias",
        "app: shop:app",
        "app: *app",
        [(3, 8, "service.app", "anchors and aliases are not used here; write the value out", "")],
    ),
    (
        "a tag",
        "workers: 2",
        "workers: !!int 2",
        [(5, 12, "service.workers", "tags are not used here; quote the value if it is text", "")],
    ),
    (
        "a tag on a collection",
        "env: {MODE",
        "env: !!map {MODE",
        [(7, 8, "service.env", "tags are not used here; quote the value if it is text", "")],
    ),
    (
        "a merge key",
        "env: {MODE: fast}",
        "<<: {errors: problem+json}",
        [(7, 3, "service.<<", "merge keys are not part of YAML 1.2; write the members out", "")],
    ),
    (
        "a key that is a number",
        "{MODE: fast}",
        "{1: fast}",
        [(7, 9, "service.env.1", 'a key is text; write "1" in quotes', "")],
    ),
    (
        "a key that is a list",
        "{MODE: fast}",
        "{[MODE]: fast}",
        [(7, 9, "service.env", NO_KEY, "")],
    ),
    (
        "a tab for indentation",
        "  workers: 2",
        "\tworkers: 2",
        [(5, 1, "", "not YAML: a tab cannot stand here; indent with spaces", "")],
    ),
    (
        "a bracket that never closes",
        "watch: [GET /healthz]",
        "watch: [GET /healthz",
        [
            (
                23,
                1,
                "",
                "not YAML: the [ of line 22 is not closed: expected , or ] and found the end of the file",
                "",
            )
        ],
    ),
    (
        "a second document",
        "watch: [GET /healthz]",
        "---\nwatch: [GET /healthz]",
        [(22, 1, "", "a second document begins; a file holds one", "")],
    ),
    (
        "an escape beyond Unicode",
        "count: 1",
        'count: "\\UFFFFFFFF"',
        [(18, 38, "", "not YAML: a number or an escape here is out of range", "")],
    ),
    (
        "half of a surrogate pair",
        "count: 1",
        'count: "\\ud800"',
        [(18, 35, "operations.buy.json.count", "half of a surrogate pair is not a character", "")],
    ),
    (
        "half of a surrogate pair in a key",
        "count: 1",
        '"\\udc00": 1',
        [(18, 28, "operations.buy.json.?", "half of a surrogate pair is not a character", "")],
    ),
    (
        "a line break of YAML 1.1",
        "count: 1",
        'count: "\u2028"',
        [(18, 36, "", "character U+2028 cannot stand in YAML text; write it as an escape in double quotes", "")],
    ),
    (
        "a control character",
        "count: 1",
        'count: "\x07"',
        [(18, 36, "", "character U+0007 cannot stand in YAML text; write it as an escape in double quotes", "")],
    ),
    ("nesting without end", "count: 1", "count: " + "[" * 70, [(18, 95, "", "nested deeper than 64 levels", "")]),
    (
        "an integer of 5,000 digits",
        "count: 1",
        "count: " + "9" * 5000,
        [
            (
                18,
                35,
                "operations.buy.json.count",
                "an integer of more digits than can be read; quote it if it is text",
                "",
            )
        ],
    ),
    (
        "an empty key",
        "  workers: 2",
        "  ? : 2\n  workers: 2",
        [(5, 5, "service", NO_KEY, "")],
    ),
)
"""What is wrong; the right text that it replaces; the wrong text; every problem that is told."""


@pytest.mark.parametrize(("before", "after", "problems"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_every_mistake_of_form_is_told_whole(
    before: str,
    after: str,
    problems: list[tuple[int, int, str, str, str]],
    problems_of: Callable[[str, str], list[tuple[int, int, str, str, str]]],
) -> None:
    """All problems of the file, and no other, in order: line, column, dotted key, message, nearest right spelling."""
    assert problems_of(before, after) == problems
