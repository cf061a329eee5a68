"""Version 2 through the whole service: documents in, results, entries and stored batches out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sample_app import create_app
from sample_app.context import Context
from sample_app.documents import v2
from sample_app.parts import Parts, with_edition
from sample_app.records import Absent, Batch, Outcome, SourceInfo, StoredBatch
from sample_app.reference.client import DEGRADED as REASONS
from sample_app.reference.client import NOT_CONFIGURED
from tests.sample_app.clients import InProcess
from tests.sample_app.ledger import Ledger, hangs
from tests.sample_app.sent import item_document
from tests.sample_app.test_v2_rules import OUTCOMES, STATES

PATH = "/v2/batches"
ITEM = {"id": "a", "value": "x"}
LogLines = Callable[[], list[dict[str, object]]]


def one(**fields: Any) -> dict[str, Any]:
    """Make a document with one item."""
    return {"source": "crm", "items": [{"id": "a", **fields}]}


def every_combination() -> list[dict[str, Any]]:
    """Make an item for each state of a value with each state of a label."""
    return [item_document(f"{value}-{label}", STATES[value], STATES[label]) for value, label in OUTCOMES]


def expected_results() -> list[dict[str, Any]]:
    """Write what becomes of them, from the table."""
    rows = []
    for index, ((value, label), expected) in enumerate(OUTCOMES.items()):
        row = {"index": index, "id": f"{value}-{label}"}
        if isinstance(expected, str):
            rows.append({**row, "outcome": "rejected", "reason": expected})
        else:
            told = {} if isinstance(expected[1], Absent) else {"label": expected[1]}
            rows.append({**row, "outcome": "accepted", "value": expected[0], **told})
    return rows


def test_every_combination_over_the_wire(client: InProcess, ledger: Ledger) -> None:
    """All states of value and label in one batch: the answer, what is read back, and the entry, as whole values."""
    reply = client.post({"source": "crm", "items": every_combination()}, path=PATH)
    results = expected_results()
    totals = {"received": 25, "accepted": 4, "rejected": 21}
    identity = reply.json["id"]
    assert (reply.status, reply.headers["location"]) == (201, f"/v2/batches/{identity}")
    assert reply.json == {
        "id": identity,
        "source": {"name": "crm", "title": None, "degraded": "not-configured"},
        "totals": totals,
        "results": results,
    }
    entry = [{name: row[name] for name in ("id", "value", "label") if name in row} for row in results if "value" in row]
    assert [call.document for call in ledger.calls] == [
        {"batch_id": identity, "source": "crm", "totals": totals, "items": entry}
    ]
    assert client.get(f"/v2/batches/{identity}").body == reply.body


def test_names_in_a_result_come_in_one_order(client: InProcess) -> None:
    """The bytes of an answer do not depend on the order of names in the request."""
    there = client.post(b'{"source": "s", "items": [{"id": "a", "value": "x", "label": null}]}', path=PATH)
    back = client.post(b'{"items": [{"label": null, "value": "x", "id": "a"}], "source": "s"}', path=PATH, key="k-2")
    assert there.body.replace(there.json["id"].encode(), b"") == back.body.replace(back.json["id"].encode(), b"")


@pytest.mark.parametrize("items", [[], [{"id": "a"}], [{"id": "a", "value": None}, {"id": "b", "value": " "}]])
def test_nothing_accepted_is_stored_and_not_emitted(
    items: list[dict[str, Any]], client: InProcess, ledger: Ledger
) -> None:
    """A batch without an accepted item is a batch: read, replayed, and unknown to the ledger."""
    document: dict[str, Any] = {"source": "crm", "items": items}
    reply = client.post(document, path=PATH)
    assert (reply.status, reply.json["totals"]) == (
        201,
        {"received": len(items), "accepted": 0, "rejected": len(items)},
    )
    assert client.get(reply.headers["location"]).body == reply.body
    assert client.post(document, path=PATH).body == reply.body
    assert ledger.calls == []


INVALID: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no id": ({"source": "s", "items": [{"value": "x"}]}, ["/items/0/id"]),
    "null id": (one(id=None), ["/items/0/id"]),
    "empty id": (one(id=""), ["/items/0/id"]),
    "long id": (one(id="i" * 65), ["/items/0/id"]),
    "value is a number": (one(value=1), ["/items/0/value"]),
    "label is a bool": (one(label=False), ["/items/0/label"]),
    "long label": (one(label="l" * 201), ["/items/0/label"]),
    "unknown field": (one(more=1), ["/items/0/more"]),
    "the fields of v1": ({"source": "s", "values": ["x"]}, ["/items", "/values"]),
    "repeated id": ({"source": "s", "items": [ITEM, {"id": "b"}, ITEM]}, ["/items/2/id"]),
    "three alike": ({"source": "s", "items": [ITEM, ITEM, {"id": "b"}, ITEM]}, ["/items/1/id", "/items/3/id"]),
    "two pairs": (
        {"source": "s", "items": [ITEM, {"id": "b"}, {"id": "b"}, ITEM]},
        ["/items/2/id", "/items/3/id"],
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_document_is_refused_whole(name: str, client: InProcess, ledger: Ledger) -> None:
    """422 with the place of each breach; nothing stored, nothing sent, and the key is free."""
    document, paths = INVALID[name]
    reply = client.post(document, path=PATH)
    assert reply.problem == (422, "validation")
    assert [error["path"] for error in reply.json["errors"]] == paths
    assert (client.post(one(value="x"), path=PATH).status, len(ledger.calls)) == (201, 1)


def test_ids_are_compared_exactly(client: InProcess) -> None:
    """Case, white space and Unicode forms make other ids: they are the caller's, not ours to read."""
    ids = ["a", "A", " a", "a ", "\u00e9", "e\u0301"]
    reply = client.post({"source": "s", "items": [{"id": one, "value": "x"} for one in ids]}, path=PATH)
    assert (reply.status, [result["id"] for result in reply.json["results"]]) == (201, ids)


def test_many_repeated_ids_are_answered_in_few_words(client: InProcess) -> None:
    """A thousand times the same id is one answer of twenty places."""
    reply = client.post({"source": "s", "items": [{"id": "a"}] * 1000}, path=PATH)
    assert [error["path"] for error in reply.json["errors"]] == [f"/items/{index}/id" for index in range(1, 21)]


def test_missing_and_null_are_other_requests(client: InProcess) -> None:
    """Under one key, a label that is null is not the same document as a label that was left out."""
    assert client.post(one(value="x"), path=PATH).status == 201
    assert client.post(one(value="x", label=None), path=PATH).problem == (422, "idempotency-key-reused")


def test_a_replay_has_the_same_bytes(client: InProcess, ledger: Ledger) -> None:
    """Twice is once: the same answer, marked, and one entry."""
    first, again = (client.post(one(value="x", label=""), path=PATH) for _ in range(2))
    assert (again.status, again.body, again.headers["idempotency-replayed"]) == (201, first.body, "true")
    assert len(ledger.calls) == 1


@pytest.mark.usefixtures("impatient")
def test_a_retry_after_a_failure_is_the_same_batch(client: InProcess, ledger: Ledger) -> None:
    """A ledger that hangs, then answers: the retry resumes, and both attempts carry one key and one entry."""
    healthy, ledger.behave = ledger.behave, hangs
    assert client.post(one(value="x", label=None), path=PATH).problem == (504, "ledger-late")
    ledger.behave = healthy
    assert client.post(one(value="x", label=None), path=PATH).status == 201
    assert (len(ledger.effects()), len({json.dumps(call.document) for call in ledger.calls})) == (1, 1)


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (SourceInfo(title="Customers"), {"name": "crm", "title": "Customers"}),
        (SourceInfo(title=None), {"name": "crm", "title": None}),
        (SourceInfo(title=None, degraded="late"), {"name": "crm", "title": None, "degraded": "late"}),
    ],
    ids=["known", "unknown", "degraded"],
)
def test_what_is_known_of_the_source_is_told_and_kept(
    info: SourceInfo, told: dict[str, object], environ: dict[str, str]
) -> None:
    """A title, none, or why it could not be had; the same when the batch is read and replayed."""
    client = InProcess(create_app(environ, change=lambda parts: replace(parts, look_up=lambda *_: info)))
    reply = client.post(one(value="x"), path=PATH)
    assert reply.json["source"] == told
    assert client.get(reply.headers["location"]).body == client.post(one(value="x"), path=PATH).body == reply.body


def test_every_reason_for_a_degraded_answer_is_published() -> None:
    """What the look-up can say and what the schema lists are the same words."""
    assert {*REASONS.values(), NOT_CONFIGURED.degraded} == set(v2.DEGRADED)


def wrong_rules(parts: Parts) -> Parts:
    """Put rules in place that lose the last accepted item."""
    right = parts.editions["v2"].transform

    def lossy(batch: Batch) -> Outcome:
        outcome = right(batch)
        return replace(outcome, accepted=outcome.accepted[:-1])

    return with_edition(parts, "v2", transform=lossy)


def wrong_totals(parts: Parts) -> Parts:
    """Count one item too many when a batch is kept."""
    right = parts.new_batch

    def miscounting(batch: Batch, outcome: Outcome) -> StoredBatch:
        kept = right(batch, outcome)
        return replace(kept, received=kept.received + 1)

    return replace(parts, new_batch=miscounting)


@pytest.mark.parametrize("change", [wrong_rules, wrong_totals])
def test_a_breach_is_500_emits_nothing_and_raises_an_alert(
    change: Callable[[Parts], Parts], environ: dict[str, str], ledger: Ledger, log: Any, log_lines: LogLines
) -> None:
    """A bug in the rules or in the counting: a stable type, nothing stored or sent or asked, and one alert line."""
    asked: list[str] = []

    def look_up(source: str, _context: Context) -> SourceInfo:
        asked.append(source)
        return SourceInfo(title=None)

    def watched(parts: Parts) -> Parts:
        return replace(change(parts), look_up=look_up)

    client = InProcess(create_app(environ, change=watched, log=log))
    assert client.post(one(value="x"), path=PATH).problem == (500, "postcondition")
    alerts = [line for line in log_lines() if line["event"] == "alert"]
    assert (len(alerts), ledger.calls, asked) == (1, [], [])
    healthy = InProcess(create_app(environ))  # the key is free: nothing was stored under it
    assert healthy.post({"source": "another", "items": [ITEM]}, path=PATH).status == 201
