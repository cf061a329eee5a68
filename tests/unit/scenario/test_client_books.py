"""Answer books: read strictly, every mistake at once with its place; written so that they are read back equal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.cases import Family
from harness.model.clients import BookExchange, ClientBook, PromisedAnswer
from harness.model.errors import Problem, ScenarioError
from harness.model.messages import Request, placeholder
from harness.scenario import Vocabulary, load_scenarios
from harness.scenario.clients import ANSWER, EXCHANGE, REQUEST, load_book, top_level
from harness.scenario.clients_written import written

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "versions-of-a-service.md").read_text(encoding="utf-8")
OPERATIONS = frozenset({"create_batch", "create_batch_v2"})
BOOKS = sorted((ROOT / "scenarios" / "clients").glob("*.yaml"))

HEAD = "format: 1\nclient: v1\noperation: create_batch\nrecorded: today\nexchanges:\n"
ONE = "  - {name: a, request: {method: GET, target: /a}, answer: {status: 200}}\n"


def book_of(tmp_path: Path, text: str, *, draft: bool = False) -> ClientBook:
    """Return the book that ``text`` is."""
    path = tmp_path / "book.yaml"
    path.write_text(text, encoding="utf-8")
    return load_book(path, OPERATIONS, draft=draft)


def refused(tmp_path: Path, text: str, *, draft: bool = False) -> list[tuple[int, int, str, str, str]]:
    """Return the problems of the book that ``text`` is, in short."""
    with pytest.raises(ScenarioError) as caught:
        book_of(tmp_path, text, draft=draft)
    return [(p.line, p.column, p.key, p.message, p.nearest) for p in caught.value.problems]


def test_every_key_becomes_its_record(tmp_path: Path) -> None:
    """Identities are symbolic, references are known, a JSON document is sent in UTF-8."""
    text = (
        "format: 1\nclient: v1\ntitle: First\noperation: create_batch\nadditions: allowed\nforeign_ids: refused\n"
        "deprecation: {Sunset: soon}\nfree: [/errors/*/reason]\nrecorded: today\nexchanges:\n"
        "  - name: made\n    title: A batch\n    request:\n      method: POST\n      target: /v1/batches\n"
        '      headers: {Idempotency-Key: "{event 7}"}\n      json: {"source": "ü"}\n'
        '    answer: {status: 201, headers: {Location: "/v1/{answer.id}"}, json: {"id": "{uuid}"}}\n'
        '  - {name: read, request: {method: GET, target: "/v1/batches/{made.id}"}, answer: {status: 200, body: "x"}}\n'
    )
    assert book_of(tmp_path, text) == ClientBook(
        client="v1",
        file=str(tmp_path / "book.yaml"),
        operation="create_batch",
        title="First",
        additions=True,
        foreign=False,
        deprecation=(("Sunset", "soon"),),
        free=("/errors/*/reason",),
        recorded="today",
        exchanges=(
            BookExchange(
                name="made",
                title="A batch",
                request=Request(
                    method="POST",
                    target="/v1/batches",
                    headers=(("Idempotency-Key", placeholder(7)),),
                    body='{"source": "ü"}'.encode(),
                ),
                event=7,
                answer=PromisedAnswer(status=201, headers=(("Location", "/v1/{answer.id}"),), json={"id": "{uuid}"}),
                line=11,
            ),
            BookExchange(
                name="read",
                request=Request(method="GET", target="/v1/batches/{made.id}"),
                refers=("made",),
                answer=PromisedAnswer(status=200, text=b"x"),
                line=19,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            HEAD + "  - {name: a, request: {method: GET, target: /a}}\n",
            [(6, 5, "exchanges[0].answer", "missing", "")],
        ),
        (
            HEAD.replace("create_batch", "create_bach").replace("recorded: today\n", "") + ONE,
            [
                (1, 1, "recorded", "missing", ""),
                (3, 12, "operation", "the configuration declares no such operation", "create_batch"),
            ],
        ),
        (
            HEAD + ONE.replace("GET,", 'GET, headers: {"\u0100": a, X-B: b},'),
            [
                (
                    6,
                    48,
                    "exchanges[0].request.headers.\u0100",
                    "this cannot be the name of a header field (RFC 9110, 5.6.2)",
                    "",
                )
            ],
        ),
        (HEAD + ONE + ONE, [(7, 12, "exchanges[1].name", "this name stands in line 6 already", "")]),
        (
            HEAD + ONE.replace("/a}", '"/{made.id}"}'),
            [(6, 5, "exchanges[0]", "no earlier exchange is called 'made'", "")],
        ),
        (
            HEAD + ONE.replace("200}", '200, json: {"id": "{uid}", "of": "{aa.id}"}}'),
            [
                (6, 5, "exchanges[0]", "no earlier exchange is called 'aa'", ""),
                (6, 86, "exchanges[0].answer.json.id", "{uid} is no placeholder", "{uuid}"),
            ],
        ),
        (
            HEAD + ONE.replace("GET,", 'POST, json: [], body: "",'),
            [(6, 24, "exchanges[0].request", "json and body both say what the body is; give one of them", "")],
        ),
        (
            HEAD + ONE.replace("/a}", '"/{event 1}/{event 2}"}'),
            [(6, 5, "exchanges[0]", "one request carries one event; this one has several numbers", "")],
        ),
        (
            HEAD + ONE.replace("name: a,", "nam: a, title: x,"),
            [
                (6, 5, "exchanges[0].name", "missing", ""),
                (6, 6, "exchanges[0].nam", "unknown key", "name"),
            ],
        ),
        (
            HEAD.replace("client: v1", "client: answer\nadditions: yes\nfree: [reason]") + ONE,
            [
                (2, 9, "client", "a name is letters, digits and -, begins with a letter, and is not 'answer'", ""),
                (3, 12, "additions", "expected one of refused, allowed", ""),
                (
                    4,
                    8,
                    "free[0]",
                    "expected a JSON pointer such as /errors/*/reason (RFC 6901; * is any member)",
                    "",
                ),
            ],
        ),
        ("format: 1\nclient: v1\noperation: create_batch\nrecorded: x\nexchanges: []\n", None),
    ],
)
def test_every_mistake_is_told_at_once(
    text: str, problems: list[tuple[int, int, str, str, str]] | None, tmp_path: Path
) -> None:
    """All problems of a book, each with its place, and no other."""
    expected = [(5, 12, "exchanges", "expected at least one exchange", "")] if problems is None else problems
    assert refused(tmp_path, text) == expected


def test_a_draft_needs_no_answers(tmp_path: Path) -> None:
    """What is to be recorded has requests only."""
    text = HEAD.replace("recorded: today\n", "") + "  - {name: a, request: {method: GET, target: /a}}\n"
    assert [exchange.answer for exchange in book_of(tmp_path, text, draft=True).exchanges] == [None]


@pytest.mark.parametrize("path", BOOKS, ids=[path.stem for path in BOOKS])
def test_the_books_of_the_sample_app_are_as_they_were_written(path: Path) -> None:
    """Nobody edits a recorded book by hand: reading and writing gives the same bytes."""
    assert written(load_book(path, OPERATIONS)) == path.read_text(encoding="utf-8")


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["null", "no", "1e3", "0o17", "~", "- a", "a: b", "#", "\u2028", "\x7f", "\ufeff", "e\u0301", '"', "\\", "\u200b"]
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: value is not None and "{" not in str(value).replace("{}", "").replace("{'", ""))


@settings(max_examples=150, deadline=None)
@given(document=DOCUMENTS, title=TEXTS.filter(bool), body=st.binary(max_size=20))
def test_what_is_written_is_read_back_equal(
    document: object, title: str, body: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any document, any title, any bytes."""
    path = tmp_path_factory.getbasetemp() / "written-book.yaml"
    exchanges = (
        BookExchange(
            name="a",
            title=title,
            request=Request(method="POST", target="/a", headers=(("X-A", "null"),), body=b""),
            answer=PromisedAnswer(status=201, json=document),
        ),
        BookExchange(
            name="b", request=Request(method="PUT", target="/b"), answer=PromisedAnswer(status=400, text=body or None)
        ),
    )
    book = ClientBook(client="v1", file=str(path), operation="create_batch", recorded="x", exchanges=exchanges)
    path.write_text(written(book), encoding="utf-8")
    read = load_book(path, OPERATIONS)
    assert [e.answer for e in read.exchanges] == [e.answer for e in exchanges]
    assert [e.title for e in read.exchanges] == [title, ""]


def test_the_page_lists_every_key_and_no_other() -> None:
    """docs/versions-of-a-service.md has a table for each part of a book."""
    parts = dict(re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", PAGE, re.MULTILINE))
    listed = {title: frozenset(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) for title, text in parts.items()}
    assert listed == {
        "The book": frozenset(top_level()),
        "An exchange": frozenset(EXCHANGE),
        "A request": frozenset(REQUEST),
        "An answer": frozenset(ANSWER),
    }


def test_the_example_of_the_page_is_a_book(tmp_path: Path) -> None:
    """A reader can start from it."""
    example = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert [exchange.name for exchange in book_of(tmp_path, example).exchanges] == ["mixed", "mixed-read"]


def test_what_is_wrong_in_a_book_is_told_with_what_is_wrong_in_its_scenario(tmp_path: Path) -> None:
    """One look shows the mistakes of both files."""
    scenario, book = tmp_path / "versions.yaml", tmp_path / "v1.yaml"
    scenario.write_text(
        "format: 1\nfamily: version-compatibility\nclients: [v1.yaml, v2.yaml]\nentries: [R99]\n", encoding="utf-8"
    )
    book.write_text(HEAD + ONE.replace("GET", "GOT"), encoding="utf-8")
    known = Vocabulary(entries={Family.VERSIONS: frozenset({"R08"})}, operations=OPERATIONS)
    with pytest.raises(ScenarioError) as caught:
        load_scenarios((scenario,), known=known)
    assert [(Path(p.file).name, p.line, p.key) for p in caught.value.problems] == [
        ("versions.yaml", 3, "clients[1]"),
        ("versions.yaml", 4, "entries[0]"),
        ("v1.yaml", 6, "exchanges[0].request.method"),
    ]
    assert all(isinstance(problem, Problem) for problem in caught.value.problems)


def test_a_scenario_of_old_clients_needs_their_books(tmp_path: Path) -> None:
    """Without a book there is nobody to keep a promise to."""
    path = tmp_path / "versions.yaml"
    path.write_text("format: 1\nfamily: version-compatibility\nentries: [R08]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenarios((path,), known=Vocabulary(entries={Family.VERSIONS: frozenset({"R08"})}))
    assert [(p.key, p.message) for p in caught.value.problems] == [("clients", "missing")]
