"""MW03: a Host that is no host."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.verdicts import Force
from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A Host that does not fit its grammar, host with an optional port, MUST be answered 400 (RFC 9112, section 3.2; "
    "RFC 3986, section 3.2.2)."
)
DOUBTFUL = "The grammar allows it, yet no name or port like it can exist: a strict service answers 400."

_INVALID = {
    "space-inside": b"a b",
    "user-information": b"user@localhost",
    "path": b"localhost/admin",
    "letters-as-port": b"localhost:port",
    "bracket-left-open": b"[::1",
}
_DOUBTFUL = {"empty": b"", "empty-label": b"a..b", "port-99999": b"localhost:99999"}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    expected = ((_INVALID, rejected(RULE, 400)), (_DOUBTFUL, rejected(DOUBTFUL, 400, force=Force.POLICY)))
    for hosts, expect in expected:
        for label, host in hosts.items():
            data = head(request, length(len(request.body)), hosts=((b"Host", host),)) + request.body
            yield variant(specimen, label, wire(data), expect)


MALFORMATION = Malformation(
    id="MW03",
    title="invalid Host",
    trouble="invalid-host",
    layer="wire",
    rule=RULE,
    variants=_variants,
)
