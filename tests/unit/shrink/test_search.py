"""The search finds exactly what a finding needs, says so only where that is so, and asks for few cases."""

from __future__ import annotations

import json
from dataclasses import replace
from math import log2

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.cases import Case
from harness.model.messages import Request
from harness.model.steps import Send, Settle
from harness.shrink.documents import NoDocument, document, ways
from harness.shrink.registry import kinds
from harness.shrink.search import Smallest, Spent, shrink
from tests.unit.shrink.cases import Silent, case, fault, labels, send, under

REQUESTS, FAULTS, FIELDS = 40, 12, 6
Needed = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""The sends, the faults and the members of a body that a finding needs."""


def whole(requests: int = REQUESTS, faults: int = FAULTS) -> Case:
    """Return a case of many requests, each with a body and headers, the first of them each under a fault."""
    sends = [rich(f"send-{n}", n) for n in range(1, requests + 1)]
    troubled = [step for n, each in enumerate(sends[:faults]) for step in under(fault(f"fault-{n}"), each)]
    return case([*troubled, *(step for each in sends[faults:] for step in (each, Settle()))])


def rich(label: str, event: int) -> Send:
    """Return a send with more in it than anything needs."""
    plain = send(label, event)
    assert isinstance(plain.message, Request)
    body = json.dumps({f"field-{n}": {"value": n, "list": [n, n]} for n in range(FIELDS)}).encode()
    more = (*plain.message.headers, ("Accept", "*/*"), ("User-Agent", "somebody"))
    return replace(plain, message=replace(plain.message, headers=more, body=body))


class Service:
    """A service whose defect shows where all that it needs is there; counts how often it is asked."""

    def __init__(self, needed: Needed, patience: int = 10_000) -> None:
        self.needed = needed
        self.asked = 0
        self.patience = patience

    def __call__(self, found: Case) -> bool:
        """Tell whether the defect shows."""
        self.asked += 1
        if self.asked > self.patience:
            raise Spent
        sends, faults, fields = self.needed
        return (
            sends <= set(labels(found))
            and faults <= {each.id for each in found.faults()}
            and all(fields <= members(each) for each in found.sends() if each.label in sends)
        )


def members(found: Send) -> set[str]:
    """Return the names that lead to the parts of a body."""
    try:
        return {"/".join(map(str, way)) for way in ways(document(found.message))}
    except NoDocument:
        return set()


@st.composite
def needs(draw: st.DrawFn) -> Needed:
    """Draw what a finding needs: a few sends, faults that strike some of them, and members of their bodies."""
    numbers = draw(st.sets(st.integers(1, REQUESTS), min_size=1, max_size=4))
    struck = draw(st.sets(st.sampled_from(sorted(numbers)), max_size=2))
    fields = draw(
        st.sets(st.sampled_from([f"field-{n}/{part}" for n in range(FIELDS) for part in ("value", "list/1")]))
    )
    return (
        frozenset(f"send-{n}" for n in numbers),
        frozenset(f"fault-{n - 1}" for n in struck if n <= FAULTS),
        frozenset(sorted(fields)[:2]),
    )


@settings(max_examples=15, deadline=None)
@given(needed=needs())
def test_what_is_left_is_what_the_finding_needs(needed: Needed) -> None:
    """Of 40 requests and 12 faults exactly the hidden ones stay, with the members asked for, and it is 1-minimal."""
    service = Service(needed)
    found = shrink(whole(), kinds(), Silent(), service, {})
    sends, faults, fields = needed
    outer = {way.rpartition("/")[0] for way in fields} | {way.split("/")[0] for way in fields}
    assert found.minimal
    assert set(labels(found.case)) == sends
    assert {each.id for each in found.case.faults()} == faults
    assert all(
        members(each) >= fields and members(each) <= fields | outer | shifted(fields) for each in found.case.sends()
    )
    assert not lost_one(found, service)
    assert service.asked <= bound(needed)


def shifted(fields: frozenset[str]) -> set[str]:
    """Return what items are called whose elders may not go: where the second of two is needed, so is the first."""
    return {way.replace("list/1", "list/0") for way in fields}


def lost_one(found: Smallest, service: Service) -> list[str]:
    """Return the kinds of which one piece less would still show the finding."""
    return [
        kind.name
        for kind in kinds()
        for piece in kind.pieces(found.case)
        if kind.name in ("steps", "faults", "fields") and service(kind.without(found.case, frozenset({piece})))
    ]


def bound(needed: Needed) -> float:
    """Return how often a search may ask: about twice the logarithm for each thing that stays, and some for each end."""
    things = 3 * len(needed[0]) + len(needed[1]) + 4 * len(needed[0]) * max(len(needed[2]), 1)
    return 60 + 4 * things * log2(REQUESTS + FAULTS)


def test_the_search_asks_for_no_case_twice() -> None:
    """What was answered is known: a second search with the same answers asks nothing and comes to the same."""
    needed: Needed = (frozenset({"send-3", "send-30"}), frozenset({"fault-2"}), frozenset())
    known: dict[str, bool] = {}
    first = Service(needed)
    found = shrink(whole(), kinds(), Silent(), first, known)
    again = Service(needed)
    assert (shrink(whole(), kinds(), Silent(), again, known), again.asked, first.asked) == (found, 0, len(known))


def test_a_search_that_was_ended_goes_on_where_it_stopped() -> None:
    """Whatever the bound: the smallest so far is given back, and the rest is asked for later, nothing twice."""
    needed: Needed = (frozenset({"send-3", "send-30"}), frozenset({"fault-2"}), frozenset())
    unbroken = Service(needed)
    whole_way = shrink(whole(), kinds(), Silent(), unbroken, {})
    known: dict[str, bool] = {}
    sizes, asked, found = [], 0, None
    while found is None or not found.minimal:
        service = Service(needed, patience=7)
        found = shrink(whole(), kinds(), Silent(), service, known)
        sizes.append(len(found.case.steps))
        asked += min(service.asked, 7)
    assert (found, asked, sizes) == (whole_way, unbroken.asked, sorted(sizes, reverse=True))


def test_what_does_not_need_anything_shrinks_to_one_request() -> None:
    """A finding that every request shows is left with one, and a case that loses its last request is none."""
    found = shrink(whole(), kinds(), Silent(), lambda found: True, {})
    assert (len(found.case.sends()), found.case.faults(), found.minimal) == (1, (), True)
