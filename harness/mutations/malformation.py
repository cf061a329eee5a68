"""What an entry of the catalogue is: a rule, and the ways in which a message can break it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

from harness.model.messages import Message, Wire
from harness.model.records import record
from harness.model.steps import Compared, Expectation, Expected
from harness.mutations.specimen import IDENTITY, Specimen


@record
class Variant:
    """One message that is wrong in one way, and what a correct service makes of it.

    ``label`` is unique in its entry. ``event`` is 1 where the message carries the identity, else 0. ``give_up_after``
    are the seconds after which the client leaves on purpose.
    """

    label: str
    message: Message
    expect: Expectation
    event: int = 0
    give_up_after: float | None = None


Variants = Callable[[Specimen], Iterator[Variant]]


@record
class Malformation:
    """One entry. ``trouble`` is the slug that fingerprints carry, ``rule`` a sentence with its source.

    ``layer`` says what can send it: ``wire`` needs a raw socket and a real server, ``http`` any client. ``needs``
    tells what an operation must have for the entry to apply, in words that follow "needs". Where ``interleaved``
    is not 0, the variants form one case of that many messages in which valid ones alternate with them. Where
    ``corrected`` is set, they form one case in which each is followed by the valid request of the same event.
    """

    id: str
    title: str
    trouble: str
    layer: Literal["wire", "http"]
    rule: str
    variants: Variants
    needs: str = ""
    interleaved: int = 0
    corrected: bool = False


def variant(
    specimen: Specimen, label: str, message: Message, expect: Expectation, give_up_after: float | None = None
) -> Variant:
    """Return a variant; a message that lost its identity is not fresh, so nobody can say that it must be accepted."""
    carries = IDENTITY.encode() in _bytes(message)
    if expect.expected is Expected.ACCEPTED and specimen.operation.event and not carries:
        expect = replace(expect, expected=Expected.EITHER)
    if specimen.operation.event and not carries:
        expect = replace(expect, compared=Compared.NOTHING)
    return Variant(
        label=_slug(label), message=message, expect=expect, event=1 if carries else 0, give_up_after=give_up_after
    )


def variants_of(malformation: Malformation, specimen: Specimen) -> tuple[Variant, ...]:
    """Return the variants of an entry, labels made unique by a number where field names come out the same.

    What an entry changes may be so in the example already (a null, an empty text): that is no trouble and left out.
    """
    seen: dict[str, int] = {}
    found = []
    for one in malformation.variants(specimen):
        if one.message == specimen.request and one.expect.expected is not Expected.ACCEPTED:
            continue
        seen[one.label] = seen.get(one.label, 0) + 1
        found.append(replace(one, label=f"{one.label}-{seen[one.label]}") if seen[one.label] > 1 else one)
    return tuple(found)


def _bytes(message: Message) -> bytes:
    """Return every byte of a message that could hold an identity."""
    if isinstance(message, Wire):
        return message.data
    values = "\n".join((message.target, *(value for _, value in message.headers)))
    return values.encode("latin-1") + b"\n" + message.body


def _slug(label: str) -> str:
    """Return a label of letters, digits, dots, dashes and underscores; field names may hold anything."""
    return re.sub(r"[^\w.-]+", "-", label, flags=re.ASCII)[:64]
