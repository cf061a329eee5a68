"""What an old version says of its end, and what never changes because of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest

from sample_app import create_app
from sample_app.editions import editions
from sample_app.records import Accepted, Batch, Item, Rejection, StoredBatch
from sample_app.settings import Settings
from sample_app.versions import VERSIONS, version_headers
from tests.sample_app.clients import BATCH, InProcess, Reply
from tests.sample_app.ledger import Ledger, says

FAREWELL = {
    "deprecation": "@1793491200",
    "sunset": "Mon, 01 Nov 2027 00:00:00 GMT",
    "link": '</v2/batches>; rel="successor-version"',
}
NOBODY = "00000000-0000-4000-8000-000000000000"


def farewell(reply: Reply) -> dict[str, str]:
    """Pick the headers that are about the version."""
    return {name: value for name, value in reply.headers.items() if name in FAREWELL}


CALLS: dict[str, Callable[[InProcess], Reply]] = {
    "created": lambda client: client.post(BATCH),
    "replayed": lambda client: (client.post(BATCH), client.post(BATCH))[1],
    "read": lambda client: client.get(client.post(BATCH).headers["location"]),
    "unknown batch": lambda client: client.get(f"/v1/batches/{NOBODY}"),
    "not an id": lambda client: client.get("/v1/batches/x"),
    "no resource": lambda client: client.get("/v1/nothing"),
    "the version itself": lambda client: client.get("/v1"),
    "wrong method": lambda client: client.get("/v1/batches"),
    "bad json": lambda client: client.post(b"{"),
    "no key": lambda client: client.post(BATCH, key=None),
    "invalid": lambda client: client.post({"source": "s"}),
    "other type": lambda client: client.post(BATCH, content_type="text/plain"),
    "bad host": lambda client: client.post(BATCH, environ={"HTTP_HOST": "a b"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_answer_of_the_old_version_tells_its_end(name: str, client: InProcess) -> None:
    """Success, replay or error: each answer under /v1 carries Deprecation, Sunset and the successor."""
    assert farewell(CALLS[name](client)) == FAREWELL


def test_a_failure_of_the_old_version_tells_its_end_too(client: InProcess, ledger: Ledger) -> None:
    """A ledger in trouble changes nothing of it."""
    ledger.behave = says(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    reply = client.post(BATCH)
    assert (reply.status, farewell(reply)) == (503, FAREWELL)


@pytest.mark.parametrize(
    "path", ["/v2/batches", f"/v2/batches/{NOBODY}", "/v10/batches", "/v1x", "/healthz", "/openapi.json", "/", "//v1/x"]
)
def test_nothing_else_is_declared_old(path: str, client: InProcess) -> None:
    """The current version, addresses of no version and other routes say nothing of an end."""
    assert farewell(client.get(path)) == {}


@pytest.mark.parametrize("path", ["/v3/batches", "/v0/batches", "/V1/batches", "/batches"])
def test_an_unknown_version_is_not_found(path: str, client: InProcess) -> None:
    """A version that was never published is 404, in the form of every other error."""
    assert client.get(path).problem == (404, "not-found")


def test_the_headers_follow_their_standards() -> None:
    """Deprecation is a structured date (RFC 9651), Sunset an HTTP date, and the end comes after the declaration."""
    headers = version_headers("/v1/batches")
    since = datetime.fromtimestamp(int(re.fullmatch(r"@(\d+)", headers["Deprecation"])[1]), UTC)  # type: ignore[index]
    old = VERSIONS["v1"].farewell
    assert old is not None
    assert (since, parsedate_to_datetime(headers["Sunset"])) == (old.since, old.sunset)
    assert old.since < old.sunset


def test_every_version_has_a_state_and_an_edition() -> None:
    """What is published, what is declared, and what is served are the same versions."""
    served = {rule.rule.split("/")[1] for rule in create_app({}).url_map.iter_rules() if "batches" in rule.rule}
    assert set(VERSIONS) == set(editions(Settings())) == served


# The bytes of v1, written down. A change here is a change for every client of v1: it is never right.
GOLDEN = StoredBatch(
    id="0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11",
    version="v1",
    entry_key="batch-0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11",
    source='c"r\u00e9\U0001f600m',
    received=5,
    accepted=(
        Accepted(index=0, value="alpha"),
        Accepted(index=2, value='b\u00eb\n"t\\a'),
        Accepted(index=4, value="0"),
    ),
    rejected=(Rejection(index=1, reason="blank"), Rejection(index=3, reason="blank")),
)
GOLDEN_SENT = (" alpha ", "", '\tb\u00eb\n"t\\a', "\u00a0\u3000", "0")
GOLDEN_ANSWER = (
    '{"id":"0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11","source":"c\\"r\u00e9\U0001f600m","received":5,'
    '"accepted":["alpha","b\u00eb\\n\\"t\\\\a","0"],'
    '"rejected":[{"index":1,"reason":"blank"},{"index":3,"reason":"blank"}]}'
)
GOLDEN_ENTRY = (
    b'{"batch_id": "0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11", "source": "c\\"r\\u00e9\\ud83d\\ude00m", '
    b'"values": ["alpha", "b\\u00eb\\n\\"t\\\\a", "0"]}'
)


def test_the_rules_of_v1_are_what_they_were() -> None:
    """The batch that was written down is still judged as it was."""
    batch = Batch(
        version="v1",
        source=GOLDEN.source,
        items=tuple(Item(index=index, value=value) for index, value in enumerate(GOLDEN_SENT)),
    )
    outcome = editions(Settings())["v1"].transform(batch)
    assert (outcome.accepted, outcome.rejected) == (GOLDEN.accepted, GOLDEN.rejected)


def test_the_bytes_of_v1_are_what_they_were() -> None:
    """Answer and entry of v1, byte for byte."""
    v1 = editions(Settings())["v1"]
    assert (v1.answer(GOLDEN), v1.entry(GOLDEN)) == (GOLDEN_ANSWER, GOLDEN_ENTRY)


def test_the_answer_of_v1_is_what_it_was(client: InProcess, ledger: Ledger) -> None:
    """The whole way through the service: the same bytes but for the id, and the same entry."""
    reply = client.post({"source": GOLDEN.source, "values": list(GOLDEN_SENT)})
    identity = str(UUID(reply.json["id"]))
    assert reply.body.decode() == GOLDEN_ANSWER.replace(GOLDEN.id, identity)
    assert [call.document for call in ledger.calls] == [
        {"batch_id": identity, "source": GOLDEN.source, "values": ["alpha", 'b\u00eb\n"t\\a', "0"]}
    ]


def test_keys_and_batches_belong_to_their_version(client: InProcess, ledger: Ledger) -> None:
    """One key in both versions names two events, and neither version sees the batches of the other."""
    old = client.post(BATCH)
    new = client.post({"source": "crm", "items": [{"id": "a", "value": "x"}]}, path="/v2/batches")
    ids = [old.json["id"], new.json["id"]]
    assert (old.status, new.status, len(set(ids)), len(ledger.effects())) == (201, 201, 2, 2)
    crossed = [client.get(f"/v2/batches/{ids[0]}").problem, client.get(f"/v1/batches/{ids[1]}").problem]
    assert crossed == [(404, "not-found")] * 2
