"""The sweeper finishes what nobody retries, on either database; after it the client's retry gets the replay."""

from __future__ import annotations

import io
import json
import socket
import threading
import time

import pytest
from sqlalchemy import text

from sample_app import create_app
from sample_app.settings import Settings, from_environment
from sample_app.store.database import Database
from sample_app.sweep import Swept, sweep
from tests.sample_app.clients import BATCH, InProcess, Reply
from tests.sample_app.ledger import CONFIRMED, Ledger, answer, says, slow

DATABASES = ("sqlite", "postgresql")
NOTHING = Swept(finished=0, failed=0, taken=0, forgotten=0)


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    """Read the settings of the app of this test."""
    return from_environment(environ)


def leave_open(client: InProcess, ledger: Ledger, *names: str) -> None:
    """Let requests fail at the ledger, which has taken the entry, and give their claims back."""
    confirm, ledger.behave = ledger.behave, says(b"")
    assert [client.post(BATCH, key=name).status for name in names] == [503] * len(names)
    ledger.behave = confirm


def swept(settings: Settings, limit: int = 100) -> tuple[Swept, list[dict[str, object]]]:
    """Sweep once; return the counts and the lines."""
    log = io.StringIO()
    counts = sweep(settings, limit=limit, log=log)
    return counts, [json.loads(line) for line in log.getvalue().splitlines()]


def test_an_event_left_open_is_finished(client: InProcess, ledger: Ledger, settings: Settings) -> None:
    """One effect, one line that says so; the client's retry is a replay, and a second sweep finds nothing."""
    leave_open(client, ledger, "k-1")
    counts, [line] = swept(settings)
    assert counts == Swept(finished=1, failed=0, taken=0, forgotten=0)
    assert {name: line[name] for name in ("event", "level", "version", "stage", "outcome", "detail")} == {
        "event": "sweep",
        "level": "info",
        "version": "v1",
        "stage": "answer",
        "outcome": "finished",
        "detail": None,
    }
    again = client.post(BATCH)
    assert (again.status, again.json["id"]) == (201, line["entity_id"])
    assert again.headers["idempotency-replayed"] == "true"
    assert client.get(again.headers["location"]).body == again.body
    assert len(ledger.effects()) == 1
    assert swept(settings) == (NOTHING, [])


def test_what_fails_again_is_told_and_given_back(client: InProcess, ledger: Ledger, settings: Settings) -> None:
    """With the ledger still away nothing is finished, every event is tried, and the next sweep can have them all."""
    leave_open(client, ledger, "k-1", "k-2")
    confirm, ledger.behave = ledger.behave, says(b"")
    counts, lines = swept(settings)
    assert counts == Swept(finished=0, failed=2, taken=0, forgotten=0)
    assert [(line["event"], line["level"], line["stage"], line["outcome"]) for line in lines] == [
        ("sweep", "warning", "emit", "failed")
    ] * 2
    ledger.behave = confirm
    assert swept(settings)[0] == Swept(finished=2, failed=0, taken=0, forgotten=0)
    assert len(ledger.effects()) == 2


def test_a_bug_in_one_event_does_not_stop_the_others(client: InProcess, ledger: Ledger, settings: Settings) -> None:
    """A row that the code cannot handle is logged with its traceback, and the one after it is finished."""
    leave_open(client, ledger, "k-1", "k-2")
    spoil = "UPDATE batches SET received = 99 WHERE id = (SELECT batch_id FROM idempotency_keys WHERE key = 'k-1')"
    Database(settings.database_url, 5).write(lambda connection: connection.execute(text(spoil)))
    counts, lines = swept(settings)
    assert counts == Swept(finished=1, failed=1, taken=0, forgotten=0)
    assert [(line["event"], line.get("outcome")) for line in lines] == [
        ("exception", None),
        ("sweep", "failed"),
        ("sweep", "finished"),
    ]
    assert lines[1]["detail"] == "PostconditionBroken"


def test_what_the_ledger_always_refuses_does_not_starve_the_rest(
    client: InProcess, ledger: Ledger, environ: dict[str, str]
) -> None:
    """As many events as open the breaker, older than the others and refused each time; the others are finished."""
    settings = from_environment({**environ, "SAMPLE_APP_BREAKER_FAILURES": "2", "SAMPLE_APP_BREAKER_OPEN": "0.1"})
    leave_open(client, ledger, "bad-1", "bad-2", "good-1", "good-2")
    bad = {call.key for call in ledger.calls[: len(ledger.calls) // 2]}

    def behave(connection: socket.socket, _stop: threading.Event) -> None:
        connection.sendall(answer("500 Internal Server Error", b"") if ledger.calls[-1].key in bad else CONFIRMED)

    ledger.behave = behave
    assert swept(settings)[0] == Swept(finished=2, failed=2, taken=0, forgotten=0)


def test_a_sweep_is_bounded_and_fair(client: InProcess, ledger: Ledger, settings: Settings) -> None:
    """It takes as many as allowed; one that failed goes behind those that were not tried yet."""
    leave_open(client, ledger, "k-1", "k-2", "k-3")
    confirm, ledger.behave = ledger.behave, says(b"")
    tried = [swept(settings, limit=1)[1][0]["entity_id"] for _ in range(3)]
    assert len(set(tried)) == 3
    ledger.behave = confirm
    assert swept(settings, limit=2)[0] == Swept(finished=2, failed=0, taken=0, forgotten=0)
    assert swept(settings, limit=2)[0] == Swept(finished=1, failed=0, taken=0, forgotten=0)


def test_a_live_claim_is_left_to_its_request(client: InProcess, ledger: Ledger, settings: Settings) -> None:
    """What a request is working on now is none of the sweeper's business."""
    ledger.behave = slow(0.3)
    request = threading.Thread(target=client.post, args=(BATCH,))
    request.start()
    while not ledger.calls:
        pass
    assert swept(settings) == (NOTHING, [])
    request.join()
    assert len(ledger.calls) == 1


def test_sweepers_and_retries_at_the_same_instant(client: InProcess, ledger: Ledger, settings: Settings) -> None:
    """Two sweepers and three clients go for the same three open events: each event gets one batch and one effect."""
    names = ("k-1", "k-2", "k-3")
    leave_open(client, ledger, *names)
    ledger.behave = slow(0.05)
    acts = [lambda: sweep(settings, log=io.StringIO())] * 2 + [
        lambda name=name: client.post(BATCH, key=name) for name in names
    ]
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    replies = [until_created(client, name) for name in names]
    assert ledger.effects() == {f"batch-{reply.json['id']}" for reply in replies}


def until_created(client: InProcess, name: str) -> Reply:
    """Retry as a client does; the breaker, the bulkhead and a live claim may each ask for patience."""
    give_up = time.monotonic() + 15
    while (reply := client.post(BATCH, key=name)).status != 201:
        assert reply.status in {409, 503, 504}, reply
        assert time.monotonic() < give_up, reply
        time.sleep(0.05)
    return reply


def test_expired_keys_are_forgotten(environ: dict[str, str], ledger: Ledger) -> None:
    """After their time to live the keys go; the batch stays, and the key can be used for another."""
    client = InProcess(create_app({**environ, "SAMPLE_APP_KEY_TTL": "0.01"}))
    first = client.post(BATCH)
    time.sleep(0.02)
    counts = sweep(from_environment({**environ, "SAMPLE_APP_KEY_TTL": "0.01"}), log=io.StringIO())
    assert counts == Swept(finished=0, failed=0, taken=0, forgotten=1)
    assert client.get(first.headers["location"]).body == first.body
    assert client.post({"source": "other", "values": ["b"]}).status == 201
    assert len(ledger.effects()) == 2
