"""The file that a draft becomes: what is written is read back, and each note stands at its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.config import load_configuration
from harness.draft.drafts import Draft, Note
from harness.draft.written import written
from harness.model.services import (
    AnswerScript,
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)

CHARGE = Call(
    route=Route(method="POST", path="/charges"),
    effect=EffectKind.KEYED,
    key=(Selector(place="header", name="Idempotency-Key"), Selector(place="json", name="/a b")),
    answer=AnswerScript(status=201, json={"id": "{uuid}"}),
)
OTHERS = (
    Call(
        route=Route(method="PUT", path="/items/{sku}"), effect=EffectKind.UNKEYED, answer=AnswerScript(json=[1, None])
    ),
    Call(route=Route(method="GET", path="/rates"), answer=AnswerScript(json={})),
    Call(route=Route(method="GET", path="/plain")),
    Call(route=Route(method="DELETE", path="/carts"), answer=AnswerScript(status=204)),
    Call(route=Route(method="GET", path="/picture"), answer=AnswerScript(body=b"\x00\xff")),
)
SERVICE = Service(
    server=Server.GUNICORN,
    app="shop.web:create_app()",
    ready=Route(method="GET", path="/healthz"),
    openapi="/openapi.json",
    env={"DATABASE_URL": "sqlite:///{tmp}/app.sqlite", "MODE": "true"},
    database="DATABASE_URL",
)
BOOK = Operation(
    name="book",
    route=Route(method="POST", path="/bookings"),
    json={"reference": "r-1", "room": "blue"},
    event=(Selector(place="json", name="/reference"),),
    effect=EffectRef(dependency="payments", route=CHARGE.route),
    read=Route(method="GET", path="/bookings/{answer.id}"),
)


def draft_of(file: Path, operation: Operation, service: Service = SERVICE) -> Draft:
    """Return a draft whose service runs where the file lies."""
    return Draft(
        configuration=Configuration(
            file=str(file),
            service=replace(service, directory=str(file.parent)),
            dependencies=(Dependency(name="payments", env="PAYMENTS_URL", calls=(CHARGE, *OTHERS)),),
            operations=(operation,),
            watch=(Route(method="GET", path="/healthz"),),
        )
    )


def test_the_file_is_read_back_as_what_was_written(tmp_path: Path) -> None:
    """Every key that a draft can have."""
    file = tmp_path / "harness.yaml"
    draft = draft_of(file, BOOK)
    file.write_text(written(draft)[0])
    assert load_configuration(file) == draft.configuration


def test_what_people_add_by_hand_is_written_again(tmp_path: Path) -> None:
    """A read without a body, a header that is sent twice, a deadline of microseconds."""
    file = tmp_path / "harness.yaml"
    headers = (("X-Tag", "a"), ("X-Tag", "b c"))
    operation = Operation(name="get", route=Route(method="GET", path="/a?b=1"), headers=headers)
    draft = draft_of(file, operation, replace(SERVICE, deadline=0.00005, server=Server.WSGI))
    file.write_text(written(draft)[0])
    assert load_configuration(file) == draft.configuration


_json = st.recursive(
    st.one_of(st.booleans(), st.integers(-(10**6), 10**6), st.text(max_size=30)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(min_size=1, max_size=12), inner, max_size=4)
    ),
    max_leaves=20,
).filter(lambda value: value is not None)


@given(example=_json, body=st.one_of(st.none(), st.binary(min_size=1, max_size=40)), note=st.text(max_size=200))
def test_any_example_and_any_note_can_be_written(
    tmp_path_factory_: Path, example: object, body: bytes | None, note: str
) -> None:
    """What a service says and takes is not ours to choose: it never breaks the file."""
    file = tmp_path_factory_ / "harness.yaml"
    plain = Operation(name="any", route=BOOK.route, json=example)
    raw = Operation(name="any", route=BOOK.route, body=body, headers=(("Content-Type", "text/x: #"),))
    draft = draft_of(file, plain if body is None else raw)
    places = ("service", "operations.any.json", "operations.any.event", "dependencies.payments.calls.1.answer", "gone")
    draft = draft.noted(*(Note(place=place, text=note, decide=True) for place in places))
    text, lines = written(draft)
    file.write_text(text, encoding="utf-8", newline="\n")
    assert load_configuration(file) == draft.configuration
    assert sorted(lines) == sorted(places[:-1])


def test_a_note_stands_behind_its_line_or_above_it(tmp_path: Path) -> None:
    """Each is told by the line that it is about; what is to be decided is marked."""
    draft = draft_of(tmp_path / "harness.yaml", replace(BOOK, event=()))
    long = "long " * 20
    draft = draft.noted(
        Note(place="service.deadline", text="your promise", decide=True),
        Note(place="operations.book.read", text=long),
        Note(place="operations.book.event", text="say what", decide=True),
    )
    text, lines = written(draft)
    rows = text.splitlines()
    assert [rows[lines[place] - 1] for place in sorted(lines)] == [
        "    # event: header:Idempotency-Key  # (?) say what",
        '    read: "GET /bookings/{answer.id}"',
        "  deadline: 5s  # (?) your promise",
    ]
    assert rows[lines["operations.book.read"] - 2] == f"    # {long.strip()}"
