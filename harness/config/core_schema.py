"""The core schema of YAML 1.2 (chapter 10.3): what a plain scalar means.

``no``, ``on`` and ``yes`` are text, ``0o17`` is fifteen, ``010`` is ten, ``1:30`` and ``2024-01-01`` are text:
the surprises of YAML 1.1 do not exist here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Plain = None | bool | int | float | str
"""What a scalar of the core schema can be."""

_RULES: tuple[tuple[re.Pattern[str], Callable[[str], Plain]], ...] = (
    (re.compile(r"(?:null|Null|NULL|~|)"), lambda _: None),
    (re.compile(r"(?:true|True|TRUE)"), lambda _: True),
    (re.compile(r"(?:false|False|FALSE)"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?(?:\.inf|\.Inf|\.INF)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"(?:\.nan|\.NaN|\.NAN)"), lambda _: float("nan")),
)


def resolve(text: str) -> Plain:
    """Return what the plain (unquoted) scalar ``text`` means.

    ValueError for an integer of more digits than Python converts (4,300 unless set otherwise).
    """
    for pattern, meaning in _RULES:
        if pattern.fullmatch(text):
            return meaning(text)
    return text
