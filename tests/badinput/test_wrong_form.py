"""A file that is not the YAML that its author meant says where, why not, and how to write it."""

from __future__ import annotations

from pathlib import Path

from .project import HARNESS, Wrong, after_edit, named

FORM: tuple[Wrong, ...] = (
    (
        "a quote that never closes",
        "harness.yaml",
        "app: shop:app",
        'app: "shop:app',
        [
            "harness.yaml:14:43: not YAML: { does not go on with what begins in line 3; check the indentation, and the quotes above"
        ],
    ),
    (
        "a single quote that never closes",
        "harness.yaml",
        "fast}",
        "'fast}",
        ["harness.yaml:7:15: not YAML: a quote is opened here and never closed"],
    ),
    (
        "an apostrophe in a list",
        "scenarios/malformed.yaml",
        "title: Own",
        "title: 'it's'",
        ["scenarios/malformed.yaml:6:27: not YAML: the { of line 6 is not closed: expected , or } and found text"],
    ),
    (
        "a colon in a value",
        "harness.yaml",
        "app: shop:app",
        "app: shop: app",
        [
            "harness.yaml:3:12: not YAML: a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"
        ],
    ),
    (
        "a colon in an inline value",
        "harness.yaml",
        "event: json:/order/id",
        "event: [header: X]",
        ["harness.yaml:21:13: operations.buy.event[0]: expected text, found a mapping"],
    ),
    (
        "a line too far left",
        "harness.yaml",
        "  server: gunicorn",
        " server: gunicorn",
        [
            "harness.yaml:4:2: not YAML: a key does not go on with what begins in line 1; check the indentation, and the quotes above"
        ],
    ),
    (
        "a line too far right",
        "harness.yaml",
        "  server: gunicorn",
        "    server: gunicorn",
        [
            "harness.yaml:4:11: not YAML: a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"
        ],
    ),
    (
        "a value that begins with @",
        "harness.yaml",
        "app: shop:app",
        "app: @shop",
        ["harness.yaml:3:8: not YAML: a text that begins with @ needs quotes"],
    ),
    (
        "a value that begins with a backtick",
        "harness.yaml",
        "app: shop:app",
        "app: `shop`",
        ["harness.yaml:3:8: not YAML: a text that begins with ` needs quotes"],
    ),
    (
        "a value that begins with %",
        "harness.yaml",
        "app: shop:app",
        "app: %shop",
        ["harness.yaml:3:8: not YAML: a text that begins with % needs quotes"],
    ),
    (
        "a value that begins with *",
        "harness.yaml",
        "[GET /healthz]",
        "[*]",
        [
            "harness.yaml:27:10: not YAML: expected a name after & or *, and found ]; a text that begins with & or * needs quotes"
        ],
    ),
    (
        "a value that begins with &",
        "harness.yaml",
        "app: shop:app",
        "app: & shop",
        [
            "harness.yaml:3:9: not YAML: expected a name after & or *, and found  ; a text that begins with & or * needs quotes"
        ],
    ),
    (
        "a value that begins with !",
        "harness.yaml",
        "MODE: fast",
        "MODE: !fast",
        ["harness.yaml:7:20: not YAML: expected ' ', but found '}'"],
    ),
    (
        "an unknown escape",
        "harness.yaml",
        "MODE: fast",
        'MODE: "C:\\path"',
        ["harness.yaml:7:19: not YAML: \\p is no escape; write \\\\ for a backslash, or put the text in single quotes"],
    ),
    (
        "a key without its colon",
        "harness.yaml",
        "  workers: 2",
        "  workers 2",
        ["harness.yaml:5:3: not YAML: no ': ' follows here; a line is a key, ': ' and its value"],
    ),
    (
        "a key without the blank behind its colon",
        "harness.yaml",
        "  workers: 2",
        "  workers:2",
        ["harness.yaml:5:3: not YAML: no ': ' follows here; a line is a key, ': ' and its value"],
    ),
    (
        "a merge conflict",
        "harness.yaml",
        "  workers: 2",
        "<<<<<<< HEAD\n  workers: 2\n=======\n  workers: 3\n>>>>>>> main",
        ["harness.yaml:5:1: not YAML: no ': ' follows here; a line is a key, ': ' and its value"],
    ),
    (
        "a template that was not filled in",
        "harness.yaml",
        "workers: 2",
        "workers: {{ workers }}",
        [
            "harness.yaml:5:13: service.workers: a key is text, not an alias, a list or a mapping; a text that begins with {, [ or * needs quotes"
        ],
    ),
    (
        "an equals sign",
        "harness.yaml",
        "format: 1\n",
        "format = 1\n",
        [
            "harness.yaml:2:8: not YAML: a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"
        ],
    ),
    (
        "another kind of file behind it",
        "harness.yaml",
        "watch: [GET",
        "...\nwatch: [GET",
        ["harness.yaml:28:1: not YAML: a key belongs to nothing above it; a file is one mapping of keys and values"],
    ),
    (
        "a file in the form of TOML",
        "harness.yaml",
        HARNESS,
        '[service]\napp = "shop:app"\n',
        ["harness.yaml:2:1: not YAML: text belongs to nothing above it; a file is one mapping of keys and values"],
    ),
    (
        "a page of the web",
        "harness.yaml",
        HARNESS,
        "<!DOCTYPE html>\n<html><body>Not found</body></html>\n",
        ["harness.yaml:1:1: expected keys and values at the top of the file; begin it with: format: 1"],
    ),
    (
        "a directive of the future",
        "harness.yaml",
        "format: 1",
        "%YAML 3.0\n---\nformat: 1",
        ["harness.yaml:1:1: not YAML: found incompatible YAML document (version 1.* is required)"],
    ),
    (
        "a bracket that closes nothing",
        "harness.yaml",
        "[GET /healthz]",
        "GET /healthz]",
        ["harness.yaml:27:8: watch: expected a list, found text"],
    ),
    (
        "a bracket that closes twice",
        "harness.yaml",
        "[GET /healthz]",
        "[GET /healthz]]",
        [
            "harness.yaml:27:22: not YAML: ] does not go on with what begins in line 1; check the indentation, and the quotes above"
        ],
    ),
    (
        "a brace closed by a bracket",
        "harness.yaml",
        "{MODE: fast}",
        "{MODE: fast]",
        ["harness.yaml:7:19: not YAML: the { of line 7 is not closed: expected , or } and found ]"],
    ),
    (
        "two values",
        "harness.yaml",
        "secrets: [pin]",
        'secrets: "a" "b"',
        [
            "harness.yaml:28:14: not YAML: text does not go on with what begins in line 1; check the indentation, and the quotes above"
        ],
    ),
    (
        "a block scalar with a wrong head",
        "harness.yaml",
        "app: shop:app",
        "app: |x\n    shop:app",
        ["harness.yaml:3:9: not YAML: expected chomping or indentation indicators, but found 'x'"],
    ),
    (
        "a tab behind a key",
        "harness.yaml",
        "workers: 2",
        "workers:\t2",
        ["harness.yaml:5:11: not YAML: a tab cannot stand here; indent with spaces"],
    ),
    (
        "a list item at the wrong depth",
        "scenarios/malformed.yaml",
        "  - MJ01\n",
        "- MJ01\n",
        [
            "scenarios/malformed.yaml:6:8: not YAML: a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"
        ],
    ),
    (
        "a no-break space",
        "harness.yaml",
        "workers: 2",
        "workers:\xa02",
        [
            "harness.yaml:5:3: not YAML: no ': ' follows here; a line is a key, ': ' and its value; this line holds a no-break space (U+00A0), which means nothing here"
        ],
    ),
    (
        "a zero-width space",
        "harness.yaml",
        "workers: 2",
        "wor\u200bkers: 2",
        ["harness.yaml:5:3: service.wor\u200bkers: unknown key; did you mean 'workers'?"],
    ),
    (
        "a curly quote",
        "harness.yaml",
        "app: shop:app",
        "app: “shop:app”",
        ["harness.yaml:3:8: service.app: expected module:attribute or module:factory()"],
    ),
    (
        "a long dash",
        "scenarios/malformed.yaml",
        "  - MJ01\n",
        "  – MJ01\n",
        [
            "scenarios/malformed.yaml:6:8: not YAML: a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"
        ],
    ),
)
"""Text that is not YAML, or not the text that was meant."""

TRAPS: tuple[Wrong, ...] = (
    (
        "no is text",
        "harness.yaml",
        "event: json:/order/id",
        "event: no",
        [
            "harness.yaml:21:12: operations.buy.event: expected header:Name, json:/pointer, query:name or path:name; did you mean 'header:no'?"
        ],
    ),
    (
        "on is text",
        "harness.yaml",
        "workers: 2",
        "workers: on",
        ["harness.yaml:5:12: service.workers: expected a whole number, found text"],
    ),
    (
        "a sexagesimal",
        "harness.yaml",
        "deadline: 2s",
        "deadline: 1:30",
        ["harness.yaml:6:13: service.deadline: expected a duration with its unit, such as 250ms, 1.5s or 1m"],
    ),
    (
        "a number with underscores",
        "harness.yaml",
        "workers: 2",
        "workers: 1_0",
        ["harness.yaml:5:12: service.workers: expected a whole number, found text"],
    ),
    (
        "a version that is a decimal number",
        "harness.yaml",
        "MODE: fast",
        "MODE: 3.10",
        ["harness.yaml:7:15: service.env.MODE: expected text, found a decimal number; did you mean '\"3.10\"'?"],
    ),
    (
        "a null in place of a section",
        "harness.yaml",
        "watch: [GET /healthz]",
        "watch: ~",
        ["harness.yaml:27:8: watch: expected a list, found nothing"],
    ),
    (
        "a section that is empty",
        "harness.yaml",
        "secrets: [pin]",
        "secrets:",
        ["harness.yaml:28:9: secrets: expected a list, found nothing"],
    ),
    (
        "an infinity",
        "scenarios/load.yaml",
        "rate: 20",
        "rate: .inf",
        ["scenarios/load.yaml:5:11: entries[0].rate: expected more than 0 and at most 100000 arrivals per second"],
    ),
    (
        "not a number",
        "scenarios/load.yaml",
        "rate: 20",
        "rate: .nan",
        ["scenarios/load.yaml:5:11: entries[0].rate: expected more than 0 and at most 100000 arrivals per second"],
    ),
)
"""What other versions of YAML make of a value, and characters that nobody sees."""

KEYS: tuple[Wrong, ...] = (
    (
        "a key twice far apart",
        "harness.yaml",
        "secrets: [pin]",
        "service: {app: a:b}",
        ["harness.yaml:28:1: service: this key stands in line 2 already"],
    ),
    (
        "an anchor and its alias",
        "harness.yaml",
        "{MODE: fast}",
        "&e {MODE: fast}\n  openapi: *e",
        [
            "harness.yaml:7:8: service.env: anchors and aliases are not used here; write the value out",
            "harness.yaml:8:12: service.openapi: anchors and aliases are not used here; write the value out",
        ],
    ),
    (
        "a key that is a boolean",
        "harness.yaml",
        "MODE: fast",
        "true: fast",
        ['harness.yaml:7:9: service.env.true: a key is text; write "true" in quotes'],
    ),
    (
        "keys in capitals",
        "harness.yaml",
        "format: 1\nservice:",
        "Format: 1\nService:",
        [
            "harness.yaml:1:1: Format: unknown key; did you mean 'format'?",
            "harness.yaml:1:1: format: missing",
            "harness.yaml:1:1: service: missing",
            "harness.yaml:2:1: Service: unknown key; did you mean 'service'?",
        ],
    ),
    (
        "a key of a neighbour",
        "harness.yaml",
        "deadline: 2s",
        "timeout: 2s",
        ["harness.yaml:6:3: service.timeout: unknown key; did you mean 'start_timeout'?"],
    ),
    (
        "cmd",
        "harness.yaml",
        "app: shop:app",
        "cmd: [shop]",
        [
            "harness.yaml:2:1: service: missing how the service runs: one of app, command, url",
            "harness.yaml:3:3: service.cmd: unknown key; did you mean 'command'?",
        ],
    ),
    (
        "a hyphen for an underscore",
        "harness.yaml",
        "deadline: 2s",
        "start-timeout: 2s",
        ["harness.yaml:6:3: service.start-timeout: unknown key; did you mean 'start_timeout'?"],
    ),
    (
        "camel case",
        "harness.yaml",
        "deadline: 2s",
        "startTimeout: 2s",
        ["harness.yaml:6:3: service.startTimeout: unknown key; did you mean 'start_timeout'?"],
    ),
    (
        "a key of an operation at the top",
        "harness.yaml",
        "secrets: [pin]",
        "effect: none",
        [
            "harness.yaml:28:1: effect: unknown key; the keys here are dependencies, format, not_secret, operations, secrets, service, watch"
        ],
    ),
)
"""Keys twice, keys of another form, keys that nobody reads."""


@named(FORM + TRAPS + KEYS)
def test_a_wrong_form_is_told_whole(file: str, before: str, after: str, messages: list[str], project: Path) -> None:
    """Every message about the file, and no other, as its reader sees it."""
    assert after_edit(file, before, after) == messages
