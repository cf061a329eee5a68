"""MH03: a JSON body that is announced as something else."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "A media type that the operation does not take is answered 415 (RFC 9110, section 15.5.16)."

_OTHERS = {
    "plain-text": "text/plain",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data; boundary=frontier",
    "xml": "application/xml",
    "bytes": "application/octet-stream",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    declared = specimen.contract.media_types
    for label, media in _OTHERS.items():
        if any(_covers(kind, media) for kind in declared):
            continue
        force = Force.MUST if declared else Force.POLICY
        message = specimen.with_header("Content-Type", media)
        yield variant(specimen, label, message, rejected(RULE, 415, force=force))


def _covers(kind: str, media: str) -> bool:
    """Whether a declared media type or range (``text/*``) covers ``media``."""
    wanted, given = kind.partition(";")[0].strip(), media.partition(";")[0]
    return wanted in ("*/*", given, f"{given.partition('/')[0]}/*")


MALFORMATION = Malformation(
    id="MH03",
    title="wrong Content-Type",
    trouble="wrong-content-type",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
