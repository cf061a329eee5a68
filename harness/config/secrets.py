"""Readers of what is never written, and of what is no secret though it looks like one: names and patterns."""

from __future__ import annotations

import re

from harness.config.nodes import Node, Problems, Refused, distinct, each, items_of
from harness.config.values import text

_EXCEPTION, _SLASH = "!", "/"


def secrets(node: Node, problems: Problems) -> tuple[str, ...]:
    """Read further names of headers and fields, and patterns between slashes, whose values are never written."""
    distinct(items_of(node), problems, "name")
    return each(items_of(node), _rule, problems)


def harmless(node: Node, problems: Problems) -> tuple[str, ...]:
    """Read names and patterns of what is no secret; each has ``!`` in front from here on."""
    return tuple(_EXCEPTION + rule for rule in secrets(node, problems))


def _rule(node: Node, problems: Problems) -> str:
    given = text(node, problems)
    if given.startswith(_EXCEPTION):
        raise Refused(node, "what is no secret stands in 'not_secret', without a mark", given.removeprefix(_EXCEPTION))
    if given.startswith(_SLASH):
        _refuse_wrong_pattern(node, given)
    return given


def _refuse_wrong_pattern(node: Node, given: str) -> None:
    if len(given) < len("/x/") or not given.endswith(_SLASH):
        raise Refused(node, "a pattern stands between two slashes", f"/{given.strip(_SLASH) or 'MEMBER-[0-9]{8}'}/")
    try:
        empty = re.compile(given[1:-1]).fullmatch("")
    except re.error as error:
        raise Refused(node, f"this pattern is no regular expression: {error}") from error
    if empty:
        raise Refused(node, "this pattern fits an empty text, so it would fit everywhere")
