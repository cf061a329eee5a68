"""What is still as it was made up is marked again; what somebody has decided is not."""

from __future__ import annotations

from dataclasses import replace

from harness.draft.drafts import Note
from harness.draft.marks import DEADLINE, UNCALLED, undecided
from harness.draft.observed import ANSWERED
from harness.draft.operations import NO_EVENT, UNSURE
from harness.model.services import (
    AnswerScript,
    Call,
    Configuration,
    Dependency,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)

RATES = Call(route=Route(method="GET", path="/rates"), answer=AnswerScript(json={}))
PLACE = Operation(
    name="place",
    route=Route(method="POST", path="/orders"),
    json={"reference": "r-1"},
    event=(Selector(place="json", name="/reference"),),
)
BEGUN = Configuration(
    file="harness.yaml",
    service=Service(server=Server.WSGI),
    dependencies=(Dependency(name="bank", env="BANK_URL", calls=(RATES,)), Dependency(name="mail", env="MAIL_URL")),
    operations=(PLACE, replace(PLACE, name="more", event=())),
)


def test_what_a_draft_begins_with_is_marked() -> None:
    """The deadline, an answer, a dependency that nobody called, a guess, and that there is none."""
    assert tuple(undecided(BEGUN)) == (
        Note(place="service.deadline", text=DEADLINE, decide=True),
        Note(place="dependencies.bank.calls.0.answer", text=ANSWERED, decide=True),
        Note(place="dependencies.mail", text=UNCALLED, decide=True),
        Note(place="operations.place.event", text=UNSURE, decide=True),
        Note(place="operations.more.event", text=NO_EVENT, decide=True),
    )


def test_what_was_decided_is_not() -> None:
    """Another deadline, the answer of life, another event."""
    known = replace(
        BEGUN,
        service=replace(BEGUN.service, deadline=2.0),
        dependencies=(Dependency(name="bank", calls=(replace(RATES, answer=AnswerScript(json={"rate": 4})),)),),
        operations=(replace(PLACE, event=(Selector(place="header", name="Order"),)),),
    )
    assert tuple(undecided(known)) == ()
