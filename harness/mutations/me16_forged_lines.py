"""ME16: line ends and terminal escapes in values and names that may be logged."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.marks import FORGED
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "What a caller sends is inert in the log: it begins no line of its own and moves no terminal (CWE-117)."

_ENDS = {
    "line-end": "\r\n",
    "unix-line-end": "\n",
    "terminal-escape": "\x1b[2K\x1b[1A\r",
    "coded-line-end": "%0d%0a",
    "line-separator": "\u2028",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts(1):
        for label, end in _ENDS.items():
            yield _written(specimen, f"{label}-{dotted(path)}", replaced(specimen.document, path, f"x{end}{FORGED}"))
    if not isinstance(specimen.document, dict):
        return
    forged = f"x\r\n{FORGED}"
    yield _written(specimen, "as-name", {**specimen.document, forged: 1})
    yield _written(specimen, "as-value-of-an-unknown-name", {**specimen.document, "harness_extra": forged})
    yield _written(specimen, "alone", forged)
    for path in [path for path, value in specimen.members() if not isinstance(value, str)][:1]:
        yield _written(specimen, f"in-place-of-{dotted(path)}", replaced(specimen.document, path, forged))


def _written(specimen: Specimen, label: str, document: object) -> Variant:
    expect = by_schema(specimen, document, rule=RULE, statuses=(422, 400))
    return variant(specimen, label, specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="ME16",
    title="forged log lines",
    trouble="forged-line",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or holds a text",
)
