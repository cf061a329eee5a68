"""What a correct service makes of a message, in a word per case."""

from __future__ import annotations

from harness.model.steps import Expectation, Expected
from harness.model.verdicts import Force
from harness.mutations.schema import Legality
from harness.mutations.specimen import Specimen


def rejected(rule: str, *statuses: int, force: Force = Force.MUST, field: str = "") -> Expectation:
    """Return the oracle of a message that is the client's fault."""
    return Expectation(expected=Expected.REJECTED, force=force, statuses=statuses, field=field, rule=rule)


def incomplete(rule: str, *statuses: int) -> Expectation:
    """Return the oracle of a message whose end never comes, or whose framing cannot be read."""
    return Expectation(expected=Expected.UNANSWERED_OR_REJECTED, statuses=statuses, rule=rule)


def accepted(rule: str) -> Expectation:
    """Return the oracle of a message that is surely legal."""
    return Expectation(expected=Expected.ACCEPTED, rule=rule)


def either(rule: str) -> Expectation:
    """Return the oracle of a message about which the rules leave the service free."""
    return Expectation(expected=Expected.EITHER, rule=rule)


def by_schema(
    specimen: Specimen,
    *documents: object,
    rule: str,
    statuses: tuple[int, ...] = (422,),
    legal: Expected = Expected.EITHER,
    field: str = "",
) -> Expectation:
    """Return the oracle that the declared schema gives.

    Rejected where it refuses all of ``documents`` (several where none of them says it alone, such as a number
    that no parser can hold), ``legal`` where it surely allows them all, otherwise either.
    """
    verdicts = {specimen.judge(document) for document in documents}
    if verdicts == {Legality.ILLEGAL}:
        return rejected(f"{rule} The declared schema refuses it.", *statuses, field=field)
    if verdicts == {Legality.LEGAL}:
        return Expectation(expected=legal, rule=f"{rule} The declared schema allows it.")
    return either(rule)
