"""MJ10: the same name twice in an object; parsers keep the first, the last, or both."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen, rendered

RULE = (
    "Names within an object should be unique; what is made of others is unpredictable (RFC 8259, section 4). "
    "A strict service answers 400 where the values differ."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not isinstance(specimen.document, dict):
        return
    spared = {path[0] for path in specimen.identity_paths()}
    policy = rejected(RULE, 400, force=Force.POLICY)
    for name, value in [item for item in specimen.document.items() if item[0] not in spared][:2]:
        plain, escaped = rendered(name), _escaped(name)
        twins = {
            "same-value": (plain, value, either(RULE)),
            "other-value": (plain, _other(value), policy),
            "escaped-twin": (escaped, _other(value), policy),
        }
        for label, (twin, second, expect) in twins.items():
            message = specimen.with_member(twin + b": " + rendered(second))
            yield variant(specimen, f"{label}-{name}", message, expect)


def _escaped(name: str) -> bytes:
    r"""Return a name with its first character as an escape: ``a`` as ``\u0061``."""
    units = name[:1].encode("utf-16-be")
    escapes = "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
    return b'"' + escapes.encode() + rendered(name[1:])[1:]


def _other(value: object) -> object:
    """Return another value of the same kind."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    return [*value, *value[:1]] if isinstance(value, list) and value else []


MALFORMATION = Malformation(
    id="MJ10",
    title="duplicate names",
    trouble="duplicate-names",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object",
)
