"""MW31: two requests in one packet, the first of them bad.

What the server leaves unread of the first must never be taken for a request. The unread body here is itself a
complete valid request: if it is run, its effect shows. The request behind has no effect, so any effect is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Request
from harness.model.steps import Expectation
from harness.mutations.framing import head, inner, length, plain, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "Behind a bad request the next one on the connection is answered right or the connection is closed; bytes of "
    "one are never read as the other (RFC 9112, section 9.3)."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request, body = specimen.request, specimen.request.body
    if not body:
        return
    yield _pair(specimen, "bad-length", head(request, length(b"abc")) + body, rejected(RULE, 400))
    if specimen.is_json:
        broken = specimen.with_body(body + b" garbage")
        yield _pair(specimen, "bad-body", plain(broken), rejected(RULE, 400))
    unread = plain(_smuggled(specimen, request.method))
    yield _pair(specimen, "unread-body", unread, _of_media(specimen), answers=1)
    for method in [m for m in ("PUT", "DELETE") if specimen.methods and m not in specimen.methods][:1]:
        unread = plain(_smuggled(specimen, method))
        yield _pair(specimen, "unread-body-wrong-method", unread, rejected(RULE, 405), answers=1)


def _pair(specimen: Specimen, label: str, first: bytes, expect: Expectation, answers: int = 2) -> Variant:
    """Return the first request with the bystander behind it in the same write.

    With one answer read, every effect of the exchange is laid to the message: it has none of its own to give.
    """
    data = first + head(specimen.bystander)
    return variant(specimen, label, wire(data, answers=answers), expect)


def _smuggled(specimen: Specimen, method: str) -> Request:
    """Return a request of plain text that a service leaves unread; its body is the valid request."""
    carrier = specimen.with_header("Content-Type", "text/plain")
    for selector in specimen.operation.event:
        if selector.place == "header":
            carrier = Request(
                method=carrier.method,
                target=carrier.target,
                headers=tuple(field for field in carrier.headers if field[0].lower() != selector.name.lower()),
            )
    return Request(method=method, target=carrier.target, headers=carrier.headers, body=inner(specimen.request))


def _of_media(specimen: Specimen) -> Expectation:
    """Return the oracle of a plain text body: rejected where the contract names other media types only."""
    media = specimen.contract.media_types
    named = bool(media) and not any(kind.startswith(("text/", "*/")) for kind in media)
    return rejected(RULE, 400, 415) if named else either(RULE)


MALFORMATION = Malformation(
    id="MW31",
    title="two requests in one packet, the first bad",
    trouble="two-requests-in-a-packet",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
