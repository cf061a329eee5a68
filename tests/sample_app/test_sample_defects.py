"""Each planted defect differs from the clean app where its story says so, and nowhere that a first look would go."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sample_app import create_app
from sample_app.defects import DEFECTS
from tests.sample_app.clients import BATCH, InProcess, Reply, at_once, post
from tests.sample_app.ledger import Ledger, hangs
from tests.sample_app.server import Server

Serve = Callable[..., Server]
Make = Callable[..., InProcess]
CLEAN = ""


@pytest.fixture
def make(environ: dict[str, str]) -> Make:
    """Make the app with a defect, or the clean one; further settings by name."""
    return lambda defect, **settings: InProcess(create_app({**environ, "SAMPLE_APP_DEFECT": defect, **settings}))


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_passes_a_first_look(defect: str, make: Make, ledger: Ledger) -> None:
    """One batch after another is handled, stored and emitted as by the clean app, whatever is planted."""
    client = make(defect, SAMPLE_APP_LEDGER_DEADLINE="5", SAMPLE_APP_STORAGE_WAIT="5")
    replies = [client.post(BATCH, key=key) for key in ("k-1", "k-2")]
    assert [(reply.status, reply.json["accepted"]) for reply in replies] == [(201, ["alpha", "beta"])] * 2
    read = [client.get(reply.headers["location"]) for reply in replies]
    assert [reply.json["accepted"] for reply in read] == [["alpha", "beta"]] * 2
    assert client.post({"source": 1, "values": []}, key="k-3").problem == (422, "validation")
    assert client.post(b'{"a":' * 40 + b"1" + b"}" * 40, key="k-4").problem == (400, "json-too-deep")
    assert effects_in_the_end(ledger, 2) == 2


ABOUT_REPEATS = {"one-effect-per-event", "retry-completes", "same-answer-for-a-duplicate"}
OTHERS = sorted(
    name for name, it in DEFECTS.items() if it.family != "duplicate-event" and it.check not in ABOUT_REPEATS
)


@pytest.mark.parametrize("defect", OTHERS)
def test_duplicates_one_after_the_other_are_right(defect: str, make: Make, ledger: Ledger) -> None:
    """Whatever is not about repeats leaves them alone: replayed, refused with another body, resumed after a failure."""
    client = make(defect)
    first, again = client.post(BATCH), client.post(BATCH)
    assert (again.status, again.body, again.headers["idempotency-replayed"]) == (201, first.body, "true")
    assert client.post({"source": "other", "values": []}).problem == (422, "idempotency-key-reused")
    confirm, ledger.behave = ledger.behave, lambda connection, stop: None
    client.post(BATCH, key="k-2")
    ledger.behave = confirm
    assert client.post(BATCH, key="k-2").status == 201
    assert effects_in_the_end(ledger, 2) == 2


def effects_in_the_end(ledger: Ledger, expected: int) -> int:
    """Count the effects, waiting a little for those that are emitted behind the answer."""
    for _ in range(200):
        if len(ledger.effects()) >= expected:
            break
        time.sleep(0.01)
    return len(ledger.effects())


@pytest.mark.parametrize(("defect", "statuses"), [(CLEAN, [422, 422]), ("silent-default", [201, 201])])
def test_silent_default(defect: str, statuses: list[int], make: Make) -> None:
    """MS01: a missing field is accepted as if it had been sent."""
    client = make(defect)
    documents: list[dict[str, object]] = [{"values": ["a"]}, {"source": "crm"}]
    assert [client.post(document, key=str(index)).status for index, document in enumerate(documents)] == statuses


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 400), ("deep-nesting-500", 500)])
@pytest.mark.parametrize("body", [b'{"a":' * 5000 + b"1" + b"}" * 5000, b"[" * 60_000, b"[" * 2000 + b"]" * 2000])
def test_deep_nesting_500(defect: str, status: int, body: bytes, make: Make) -> None:
    """MJ11: nesting far over the limit is a failure of the service instead of the caller's."""
    assert make(defect).post(body).status == status


@pytest.mark.parametrize(("defect", "effects"), [(CLEAN, 1), ("no-dedupe", 3)])
def test_no_dedupe(defect: str, effects: int, make: Make, ledger: Ledger) -> None:
    """D01: every delivery is a batch of its own, with an entry of its own."""
    client = make(defect)
    identities = {client.post(BATCH).json["id"] for _ in range(3)}
    assert (len(identities), len(ledger.effects())) == (effects, effects)


@pytest.mark.server
@pytest.mark.parametrize(("defect", "once"), [(CLEAN, True), ("check-then-act", False)])
def test_check_then_act(defect: str, once: bool, serve: Serve, ledger: Ledger) -> None:
    """D02: ten identical requests at one instant become several effects, in every round."""
    server = serve(SAMPLE_APP_DEFECT=defect, SAMPLE_APP_LEDGER_DEADLINE="5", SAMPLE_APP_STORAGE_WAIT="5")
    at_once(8, lambda nth: post(server.port, BATCH, f"warm-{nth}"))  # a new file makes the first requests queue
    for key in ("one", "two", "three"):
        before = len(ledger.effects())
        replies = at_once(10, lambda _, key=key: post(server.port, BATCH, key))  # type: ignore[misc]
        assert {reply.status for reply in replies} <= {201, 409}
        assert (len(ledger.effects()) - before == 1) == once


@pytest.mark.server
@pytest.mark.parametrize(("defect", "answered"), [(CLEAN, True), ("no-timeout", False)])
def test_no_timeout(defect: str, answered: bool, serve: Serve, ledger: Ledger) -> None:
    """T02: a ledger that never answers is waited for far beyond the deadline of 0.5 s."""
    server = serve(SAMPLE_APP_DEFECT=defect, SAMPLE_APP_LEDGER_DEADLINE="0.5")
    ledger.behave = hangs
    try:
        reply = post(server.port, BATCH, "k", wait=3)
    except TimeoutError:
        assert not answered
    else:
        assert (answered, reply.problem) == (True, (504, "ledger-late"))


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 504), ("timeout-as-success", 201)])
def test_timeout_as_success(defect: str, status: int, make: Make, ledger: Ledger) -> None:
    """T02: the caller is told 201 for an entry that nobody confirmed."""
    ledger.behave = hangs
    assert make(defect, SAMPLE_APP_LEDGER_DEADLINE="0.5").post(BATCH).status == status


@pytest.mark.server
@pytest.mark.parametrize(("defect", "crossed"), [(CLEAN, False), ("shared-state", True)])
def test_shared_state(defect: str, crossed: bool, serve: Serve, ledger: Ledger) -> None:
    """L17: at 40 evenly spaced requests a second some callers are shown the batch of another."""
    server = serve(SAMPLE_APP_DEFECT=defect, SAMPLE_APP_LEDGER_DEADLINE="5", SAMPLE_APP_STORAGE_WAIT="5")
    replies: dict[int, Reply] = {}

    def send(index: int) -> None:
        replies[index] = post(server.port, {"source": f"s-{index}", "values": [str(index)]}, f"k-{index}")

    threads = [threading.Thread(target=send, args=(index,)) for index in range(60)]
    for thread in threads:
        thread.start()
        time.sleep(1 / 40)
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies.values()} == {201}
    strangers = [index for index, reply in replies.items() if reply.json["source"] != f"s-{index}"]
    assert (len(strangers) > 3) == crossed
    assert len(ledger.effects()) == 60


@pytest.mark.server
@pytest.mark.parametrize(("defect", "leaked"), [(CLEAN, 0), ("descriptor-leak", 30)])
def test_descriptor_leak(defect: str, leaked: int, serve: Serve) -> None:
    """L01: every request leaves one descriptor open in its worker."""
    server = serve(SAMPLE_APP_DEFECT=defect)
    for index in range(8):  # opens what stays open: the database, in both workers
        at_once(8, lambda nth, index=index: post(server.port, BATCH, f"warm-{index}-{nth}"))  # type: ignore[misc]
    before = descriptors(server)
    for index in range(30):
        assert post(server.port, BATCH, str(index)).status == 201
    assert abs(descriptors(server) - before - leaked) <= 10


def descriptors(server: Server) -> int:
    """Count the open descriptors of the workers, in total."""
    return sum(len(os.listdir(Path(f"/proc/{pid}/fd"))) for pid in server.workers())
