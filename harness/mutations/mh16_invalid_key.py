"""MH16: an identity header that is empty, too long, not plain, or more than one."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.steps import Expectation
from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import BYSTANDER, IDENTITY, Specimen

RULE = (
    "An Idempotency-Key is exactly one value (draft-ietf-httpapi-idempotency-key-header, section 2); "
    "what a service takes as one is its policy, but it never makes two keys of one nor one of two."
)
LONG = "The key is longer than the contract's maxLength."
QUOTED = "The draft writes the key as a quoted string, most services as a plain token, in which a quote is a character."
USUAL_LIMIT = 255


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for selector in specimen.operation.event:
        if selector.place != "header":
            continue
        limit = specimen.contract.header_limits.get(selector.name.lower(), 0)
        for label, values, expect in _cases(limit):
            yield variant(specimen, label, specimen.with_header(selector.name, *values), expect)


def _cases(limit: int) -> Iterator[tuple[str, tuple[str, ...], Expectation]]:
    """Yield label, field lines and oracle; ``limit`` is the documented one, 0 where there is none."""
    policy = rejected(RULE, 400, force=Force.POLICY)
    too_long = rejected(LONG, 400, 422, 431) if limit else policy
    longest = limit or USUAL_LIMIT
    yield "empty", ("",), policy
    yield "blank", ("  ",), policy
    yield "too-long", (IDENTITY.ljust(longest + 1, "x"),), too_long
    yield "at-the-limit", (IDENTITY.ljust(longest, "x"),), either(RULE)
    yield "quoted", (f'"{IDENTITY}"',), either(QUOTED)
    yield "quote-left-open", (f'"{IDENTITY}',), either(QUOTED)
    yield "not-ascii", (f"{IDENTITY}\xe9",), policy
    yield "control-byte", (f"{IDENTITY}\x01",), policy
    yield "list", (f"{IDENTITY}, {BYSTANDER}",), policy
    yield "two-lines", (IDENTITY, BYSTANDER), policy


MALFORMATION = Malformation(
    id="MH16",
    title="invalid identity header",
    trouble="invalid-key",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="an event that is identified by a header",
)
