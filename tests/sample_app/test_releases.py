"""Two releases share one database while a deployment rolls: what either wrote the other reads, once each."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from sample_app import create_app
from sample_app.documents.v2 import EXAMPLE_ANSWER, EXAMPLE_REQUEST, FORMS
from sample_app.openapi import openapi
from sample_app.records import ReleaseName
from sample_app.releases import RELEASES
from sample_app.settings import SettingsError, from_environment
from sample_app.store.database import Database
from sample_app.store.tables import batches, keys
from sample_app.sweep import Swept, sweep
from tests.sample_app.clients import BATCH, InProcess, at_once
from tests.sample_app.ledger import Ledger, says

DATABASES = ("sqlite", "postgresql")
OLD, NEW = "0.2", "0.3"
V2 = "/v2/batches"


def release(environ: dict[str, str], name: str) -> InProcess:
    """Run a release on the database of this test."""
    return InProcess(create_app({**environ, "SAMPLE_APP_RELEASE": name}, log=io.StringIO()))


def totals(*, labelled: bool) -> dict[str, Any]:
    """Return the totals of the example, as a release tells them."""
    return {"received": 7, "accepted": 4, "rejected": 3, **({"labelled": 2} if labelled else {})}


def test_the_current_release_is_the_first_of_the_table() -> None:
    """Without a word of the operator nothing changes; a release that nobody made is refused by name."""
    assert from_environment({}).release == next(iter(RELEASES))
    with pytest.raises(SettingsError, match=r"SAMPLE_APP_RELEASE='0\.4': expected one of 0\.2, 0\.3"):
        from_environment({"SAMPLE_APP_RELEASE": "0.4"})


@pytest.mark.parametrize("name", RELEASES)
def test_the_contract_of_a_release_says_what_it_answers(name: ReleaseName) -> None:
    """The schema and the example of v2 are those of the release; those of v1 are the same in both."""
    document = openapi(from_environment({"SAMPLE_APP_RELEASE": name}))
    content = document["paths"][V2]["post"]["responses"]["201"]["content"]["application/json"]
    model = content["schema"]["$ref"].rpartition("/")[2]
    assert (model, content["example"]) == (FORMS[name].answer.__name__, FORMS[name].example)
    assert {path: item for path, item in document["paths"].items() if "v1" in path} == {
        path: item for path, item in openapi(from_environment({}))["paths"].items() if "v1" in path
    }


@pytest.mark.parametrize(("writer", "reader"), [(OLD, NEW), (NEW, OLD)])
def test_what_a_release_wrote_the_other_reads(
    writer: str, reader: str, environ: dict[str, str], ledger: Ledger
) -> None:
    """A retry at the other release is a replay, byte for byte, with no second effect; a read is in its own form."""
    wrote, reads = release(environ, writer), release(environ, reader)
    made = wrote.post(dict(EXAMPLE_REQUEST), path=V2)
    again = reads.post(dict(EXAMPLE_REQUEST), path=V2)
    read = reads.get(made.headers["location"])
    assert (made.status, again.status, read.status, len(ledger.effects())) == (201, 201, 200, 1)
    assert (again.body, again.headers["idempotency-replayed"]) == (made.body, "true")
    assert made.json["totals"] == totals(labelled=writer == NEW)
    assert read.json == {**made.json, "totals": totals(labelled=reader == NEW)}
    assert read.json["results"] == EXAMPLE_ANSWER["results"]


def test_an_event_that_one_release_began_the_other_finishes(environ: dict[str, str], ledger: Ledger) -> None:
    """The claim, its point and the outgoing key are read by both: one effect, whoever ends it."""
    old, new = release(environ, OLD), release(environ, NEW)
    confirm, ledger.behave = ledger.behave, says(b"")
    assert old.post(BATCH).status == 503
    ledger.behave = confirm
    done = new.post(BATCH)
    assert (done.status, len({call.headers["idempotency-key"] for call in ledger.calls})) == (201, 1)
    assert old.post(BATCH).body == done.body


def test_one_key_at_both_releases_at_once_is_one_event(environ: dict[str, str], ledger: Ledger) -> None:
    """Whoever is first works; the others are told to wait, or get its answer."""
    callers = [release(environ, name) for name in (OLD, NEW, OLD, NEW)]
    replies = at_once(len(callers), lambda index: callers[index].post(BATCH))
    assert {reply.status for reply in replies} <= {201, 409}
    assert len({reply.body for reply in replies if reply.status == 201}) == 1
    assert len(ledger.effects()) == 1


def strangers(database: Database) -> list[dict[str, Any]]:
    """Read every row that v3 has, of both tables."""

    def rows(connection: Connection) -> list[dict[str, Any]]:
        found = [connection.execute(select(t).where(t.c.version == "v3")).mappings().all() for t in (batches, keys)]
        return [dict(row) for part in found for row in part]

    return database.read(rows)


def test_an_event_of_an_unknown_version_is_kept_and_left_alone(
    environ: dict[str, str], ledger: Ledger, database: Database
) -> None:
    """A newer release was rolled back: its events are neither shown, nor finished, nor dropped, and are counted."""
    client = release(environ, OLD)
    confirm, ledger.behave = ledger.behave, says(b"")
    assert [client.post(BATCH, key=key).status for key in ("k-1", "k-2")] == [503, 503]
    ledger.behave = confirm

    def newer(connection: Connection) -> None:
        """Let one of them be of a version to come, in a form that nobody here can read."""
        row = connection.execute(select(keys).where(keys.c.key == "k-2")).mappings().one()
        kept = connection.execute(select(batches).where(batches.c.id == row["batch_id"])).mappings().one()
        later = {**kept, "id": f"later-{kept['id']}", "entry_key": "later", "accepted": [{"amount": 1}]}
        connection.execute(insert(batches).values({**later, "version": "v3"}))
        moved = {"version": "v3", "batch_id": later["id"]}
        connection.execute(update(keys).where(keys.c.key == "k-2").values(moved))

    database.write(newer)
    before = strangers(database)
    settings = from_environment(environ)
    assert sweep(settings, log=io.StringIO()) == Swept(finished=1, failed=0, taken=0, forgotten=0, unknown=1)
    shown = [client.get(f"/{version}/batches/{before[0]['id']}").status for version in ("v1", "v2", "v3")]
    fresh = client.post(BATCH, key="k-2")  # the same key at v1 is an event of its own
    assert (shown, fresh.status, strangers(database)) == ([404] * 3, 201, before)
    assert len(before) == 2
