"""Exactly once on a real gunicorn, two workers of four threads, on either database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sample_app.clients import Reply, get, post
from tests.sample_app.ledger import Ledger
from tests.sample_app.server import Server

pytestmark = pytest.mark.server

DATABASES = ("sqlite", "postgresql")
KEYS, CLIENTS = 300, 48
PATIENCE = 120.0  # seconds until a client gives up
RETRIED = {409, 503, 504}


def until_created(server: Server, key: str) -> Reply:
    """Send an event until it is answered 201, as the contract tells a client to: same key, after a pause."""
    document: dict[str, object] = {"source": key, "values": ["a", "", "b"]}
    give_up = time.monotonic() + PATIENCE
    while (reply := post(server.port, document, key, wait=PATIENCE)).status != 201:
        assert reply.status in RETRIED, reply
        assert reply.headers["retry-after"] == "1"
        assert time.monotonic() < give_up, reply
        time.sleep(random.uniform(0.05, 0.2))  # a real client waits as told; an impatient one must not do harm either
    return reply


def test_300_keys_sent_twice_at_once_are_300_effects(serve: Callable[..., Server], ledger: Ledger) -> None:
    """48 clients send 300 events, each twice at the same time: all end in 201, each pair in one answer and one effect."""
    server = serve()
    names = [f"event-{number:03}" for number in range(KEYS) for _ in range(2)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        replies = list(clients.map(lambda name: until_created(server, name), names))
    answers: dict[str, set[bytes]] = {}
    for name, reply in zip(names, replies, strict=True):
        answers.setdefault(name, set()).add(reply.body)
    assert [len(bodies) for bodies in answers.values()] == [1] * KEYS
    assert ledger.effects() == {f"batch-{reply.json['id']}" for reply in replies}
    assert len(ledger.effects()) == KEYS
    assert {call.document["source"] for call in ledger.calls} == set(names)
    read = get(server.port, replies[0].headers["location"])
    assert (read.status, read.body) == (200, replies[0].body)
