"""Answer books become cases: conversations, mixtures, unknown versions, shared keys, reads across versions."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Family
from harness.model.clients import BookExchange, ClientBook, Promise, PromisedAnswer
from harness.model.messages import Headers, Request, placeholder
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, EffectRef, Operation, Route, Server, Service
from harness.model.steps import Arm, Clear, Send, Settle, Together
from harness.plan.books import conversations, nowhere
from harness.plan.versions import plan_versions, titles

ENTRIES = Route(method="POST", path="/entries")
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN),
    operations=tuple(
        Operation(
            name=f"make_{version}",
            route=Route(method="POST", path=f"/{version}/things"),
            effect=EffectRef(dependency="ledger", route=ENTRIES),
        )
        for version in ("v1", "v2")
    ),
)
MADE = PromisedAnswer(status=201, json={"id": "{uuid}"})
GOT = PromisedAnswer(status=200, json={"id": "{made.id}"})


def keyed(event: int) -> Headers:
    """Return the header that carries an event."""
    return (("Key", placeholder(event)),)


def book(version: str, *, deprecation: Headers = ()) -> ClientBook:
    """Return a book of four exchanges: made, made again, read, refused."""
    made = Request(method="POST", target=f"/{version}/things", headers=keyed(3), body=b"{}")
    return ClientBook(
        client=version,
        file=f"{version}.yaml",
        operation=f"make_{version}",
        recorded="today",
        deprecation=deprecation,
        exchanges=(
            BookExchange(name="made", request=made, event=3, answer=MADE),
            BookExchange(
                name="refused",
                request=replace(made, headers=keyed(4), body=b"["),
                event=4,
                answer=PromisedAnswer(status=400),
            ),
            BookExchange(name="again", request=made, event=3, answer=GOT),
            BookExchange(
                name="read",
                request=Request(method="GET", target=f"/{version}/things/{{made.id}}"),
                refers=("made",),
                answer=GOT,
            ),
        ),
    )


def planned(entry: str, *books: ClientBook, seed: int = 1) -> tuple[list[Case], list[tuple[str, str]]]:
    """Return the cases of one entry, and what was left out and why."""
    scenario = Scenario(
        name="versions", file="f", family=Family.VERSIONS, entries=(Entry(id=entry),), books=books or (book("v1"),)
    )
    cases, omissions = plan_versions(scenario, CONFIGURATION, seed=seed)
    return list(cases), [(omission.operation, omission.reason) for omission in omissions]


def test_the_catalogue() -> None:
    """The entries of the family, by id."""
    assert list(titles()) == ["R08", "R09", "R10", "R11", "R12", "R13"]


def test_exchanges_of_one_event_or_answer_are_one_conversation() -> None:
    """They stay in their order; what has nothing to do with them is a conversation of its own."""
    names = [[exchange.name for exchange in talk] for talk in conversations(book("v1"))]
    assert names == [["made", "again", "read"], ["refused"]]


def test_each_conversation_is_a_case() -> None:
    """Labels and targets name the client, promises are those of the book, events keep their numbers."""
    cases, omissions = planned("R08")
    assert ([case.id for case in cases], omissions) == (["R08/make_v1/v1-made", "R08/make_v1/v1-refused"], [])
    steps = cases[0].steps
    sends = [step for step in steps if isinstance(step, Send)]
    assert isinstance(steps[-1], Settle)
    assert [(send.label, send.event, send.filled_from) for send in sends] == [
        ("v1/made", 3, ()),
        ("v1/again", 3, ()),
        ("v1/read", 0, ("v1/made",)),
    ]
    assert sends[2].message == Request(method="GET", target="/v1/things/{v1/made.id}")
    assert [send.promise for send in sends] == [Promise(client="v1", answer=answer) for answer in (MADE, GOT, GOT)]


def test_books_are_mixed_by_the_seed_and_share_no_event() -> None:
    """Every exchange once, conversations in order, the same seed the same order, one process."""
    cases, _ = planned("R10", book("v1"), book("v2"))
    again, _ = planned("R10", book("v1"), book("v2"))
    other, _ = planned("R10", book("v1"), book("v2"), seed=2)
    assert cases == again
    assert [case.steps for case in cases] != [case.steps for case in other]
    for case in cases:
        labels = [send.label for send in case.sends()]
        assert sorted(labels) == sorted(
            f"{v}/{name}" for v in ("v1", "v2") for name in ("made", "again", "read", "refused")
        )
        assert all(labels.index(f"{v}/made") < labels.index(f"{v}/read") for v in ("v1", "v2"))
        assert {send.event for send in case.sends()} == {0, 3, 4, 1003, 1004}
        assert case.instance.workers == 1


def test_versions_that_do_not_exist_are_asked_for() -> None:
    """Names beside the book's, none of another book, each as an event of its own."""
    cases, omissions = planned("R11")
    assert omissions == [("make_v1", "the book of v1 does not declare its version old")]
    assert [[getattr(send.message, "target", "") for send in case.sends()] for case in cases] == [
        ["/v0/things", "/v99/things", "/v1beta/things", "/things"]
    ]
    assert [dict(send.message.headers)["Key"] for send in cases[0].sends()] == [placeholder(n) for n in (1, 2, 3, 4)]  # type: ignore[union-attr]


def test_an_address_without_a_version_may_be_the_declared_default() -> None:
    """It is asked for as unknown only where no operation has it for its own."""
    own = Operation(name="make", route=Route(method="POST", path="/things"))
    both = replace(CONFIGURATION, operations=(*CONFIGURATION.operations, own))
    names = [[name for name, _ in nowhere(book("v1"), (), where, "/v1/things?a=1")] for where in (CONFIGURATION, both)]
    assert names == [["v0", "v99", "v1beta", "no version"], ["v0", "v99", "v1beta"]]


def test_an_old_version_is_asked_in_every_way() -> None:
    """The whole book, a replay, and a dependency that fails, comes back, and is not needed for a replay."""
    cases, omissions = planned("R11", book("v1", deprecation=(("Sunset", "soon"),)))
    assert ([case.id for case in cases][1:], omissions) == (
        ["R11/make_v1/v1-told", "R11/make_v1/v1-told-in-trouble"],
        [],
    )
    whole, trouble = cases[1:]
    assert [send.label for send in whole.sends()] == ["v1/made", "v1/refused", "v1/again", "v1/read", "v1/made again"]
    assert [type(step) for step in trouble.steps] == [Arm, Send, Settle, Clear, Send, Send, Settle]
    assert {send.promise for send in trouble.sends()} == {Promise(client="v1", deprecation=(("Sunset", "soon"),))}
    assert trouble.only_if_called


def test_later_clients_speak_to_each_version() -> None:
    """Its own request, one with a field and one with a header that nobody knows yet, and each other version's."""
    cases, omissions = planned("R09", book("v1"), book("v2"))
    assert ([case.id for case in cases], omissions) == (["R09/make_v1/v1-newer", "R09/make_v2/v2-newer"], [])
    sends = cases[0].sends()
    assert [(send.label, send.event, send.promise.newer if send.promise else None) for send in sends] == [
        ("v1/made", 1, ""),
        ("v1/made with a field to come", 2, "more"),
        ("v1/made with a header to come", 3, "more"),
        ("v1/made with a document of v2", 4, "other"),
    ]
    assert [send.message for send in sends if isinstance(send.message, Request)] == [
        Request(method="POST", target="/v1/things", headers=(*keyed(event), *more), body=body)
        for event, more, body in (
            (1, (), b"{}"),
            (2, (), b'{"of_a_version_to_come": {"more": true}}'),
            (3, (("X-Of-A-Version-To-Come", "1"),), b"{}"),
            (4, (), b"{}"),
        )
    ]
    silent = replace(book("v1"), exchanges=book("v1").exchanges[1:2])
    assert planned("R09", silent) == (
        [],
        [("make_v1", "no accepted request of v1 carries an event and a JSON object")],
    )


def test_one_key_is_used_at_two_versions() -> None:
    """In both orders and at the same instant, then again; each answer is kept apart from the other's."""
    cases, _ = planned("R12", book("v1"), book("v2"))
    assert [case.id for case in cases] == [
        "R12/make_v1/v1-v2-in-turn",
        "R12/make_v2/v2-v1-in-turn",
        "R12/make_v1/v1-v2-at-once",
    ]
    in_turn, _, at_once = cases
    assert [send.label for send in in_turn.sends()] == ["v1/made", "v2/made", "v1/made again", "v2/made again"]
    assert {send.event for send in in_turn.sends()} == {1}
    apart = [send.promise.apart_from if send.promise else None for send in in_turn.sends()]
    assert apart == ["", "v1/made", "v2/made", "v1/made"]
    assert isinstance(at_once.steps[0], Together)


def test_what_one_version_wrote_is_read_through_the_other() -> None:
    """The other's read with this one's id, then the own read."""
    cases, _ = planned("R13", book("v1"), book("v2"))
    crossed = cases[0].sends()
    assert [(send.label, getattr(send.message, "target", "")) for send in crossed] == [
        ("v1/made", "/v1/things"),
        ("read through v2", "/v2/things/{v1/made.id}"),
        ("v1/read", "/v1/things/{v1/made.id}"),
    ]
    assert crossed[1].promise == Promise(
        client="v2", answer=GOT, apart_from="v1/made", refusals=(400, 404, 410), cross_read=True
    )


def test_one_book_has_no_other_version_to_keep_apart_from() -> None:
    """Left out, and said so."""
    reason = "there is one answer book: no other version to keep apart from"
    assert planned("R12") == ([], [("make_v1", reason)])
    assert planned("R13") == ([], [("make_v1", reason)])
