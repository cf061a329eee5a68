"""A secret that is known by sight is known wherever a service or its clients may put it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from harness.redaction.redact import redact_text, tokenise_text
from harness.redaction.scan import held
from harness.redaction.tokens import Tokens
from tests.unit.redaction.planted import SHAPED

TOKENS = Tokens(b"a key of the test")
PLACES: dict[str, Callable[[str], str]] = {
    "XML": lambda s: f"<a><b>{s}</b></a>",
    "CSV": lambda s: f"1,{s},x\n",
    "YAML": lambda s: f"note: {s}\n",
    "Python's repr": lambda s: repr({"a": s}),
    "repr of bytes": lambda s: repr(s.encode()),
    "JSON": lambda s: json.dumps({"a": [s]}),
    "JSON in JSON": lambda s: json.dumps({"m": json.dumps({"a": s})}),
    "JSON in JSON in JSON": lambda s: json.dumps({"m": json.dumps({"a": json.dumps([s])})}),
    "a form": lambda s: f"a=1&b={quote_plus(s)}&c=2",
    "a query": lambda s: f"GET /x?b={quote(s)}&c=2 HTTP/1.1\r\n\r\n",
    "a header": lambda s: f"GET / HTTP/1.1\r\nX-Note: {s}\r\n\r\n",
    "a sentence": lambda s: f"could not use {s}: no.",
    "the end of a sentence": lambda s: f"see {s}.",
    "brackets": lambda s: f"f({s}) [{s}]",
    "quotes": lambda s: f"'{s}' \\\"{s}\\\" &quot;{s}&quot;",
    "a path": lambda s: f"https://x.y/{s}/z /tmp/{s}.txt",
    "a list": lambda s: f"a;{s};b x:{s}:y",
    "underscores": lambda s: f"a_{s}_b",
    "lines": lambda s: json.dumps(f"x\n{s}\ny"),
}


def core(secret: str) -> str:
    """Return a part of a secret that is in no token of it: its last fourteen letters and digits in a row."""
    return max(secret.replace("-----END", "\n-----").split("\n"), key=len)[-16:-2]


@pytest.mark.parametrize("kind", sorted(SHAPED))
def test_wherever_it_stands(kind: str) -> None:
    """It is gone from both forms, both say the same to who reads them, and the last look takes the one that is kept."""
    secret = SHAPED[kind]
    for name, put in PLACES.items():
        text = put(secret)
        kept = tokenise_text(text, TOKENS)
        gone = [form not in said for said in (redact_text(text), kept) for form in (core(secret), quote(core(secret)))]
        assert (name, all(gone), redact_text(kept) == redact_text(text), held(json.dumps({"body": kept}))) == (
            name,
            True,
            True,
            (),
        )
        assert held(json.dumps({"body": text})), name
