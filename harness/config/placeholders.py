"""Near misses of placeholders: ``{tmpp}`` in a value where ``{tmp}`` has a meaning.

Braces are also plain text, so only what is almost a placeholder is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.config.nodes import Node, Problems, nearest

_BRACES = re.compile(r"\{([A-Za-z._]+)((?:[/:.][^{}]*)?)\}")


def note_near_misses(node: Node, known: tuple[str, ...], problems: Problems) -> None:
    """Note every text in ``node`` that holds almost one of the ``known`` placeholders (``uuid``, ``request.json``)."""
    value = node.value
    if isinstance(value, str):
        _note_text(node, value, known, problems)
    for child in value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ():
        note_near_misses(child, known, problems)


def _note_text(node: Node, written: str, known: tuple[str, ...], problems: Problems) -> None:
    """Note the near misses in one text."""
    for word, rest in _BRACES.findall(written):
        right = nearest(word, known)
        if word not in known and right:
            problems.note(node, f"{{{word}{rest}}} is no placeholder", f"{{{right}{rest}}}")
