"""MS14: one identifier in its other spellings."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = (
    "Input of a UUID is without case (RFC 9562, section 4); its other spellings are refused, or brought into one form "
    "before anything is compared with them."
)
EXAMPLE = "a3bb189e-8bf9-4c9a-9a3b-2f6c1e5d7b90"


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in specimen.fields(64):
        declared = specimen.declared(path)
        if not isinstance(value, str) or declared.get("format") != "uuid":
            continue
        for label, other in _forms(EXAMPLE).items():
            message = specimen.with_json(replaced(specimen.document, path, other))
            yield variant(specimen, f"{label}-{dotted(path)}", message, either(RULE))


def _forms(uuid: str) -> dict[str, str]:
    """Return ways to write ``uuid``, and identifiers that name nothing."""
    return {
        "upper-case": uuid.upper(),
        "braces": "{" + uuid + "}",
        "no-dashes": uuid.replace("-", ""),
        "urn": f"urn:uuid:{uuid}",
        "nil": "00000000-0000-0000-0000-000000000000",
        "one-short": uuid[:-1],
    }


MALFORMATION = Malformation(
    id="MS14",
    title="forms of a UUID",
    trouble="uuid-form",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field of the format uuid",
)
