"""The look-up: what the reference service says, and what is made of it when it says nothing useful."""

from __future__ import annotations

import json
import time
from urllib.parse import unquote

import pytest

from sample_app import create_app
from sample_app.context import Context
from sample_app.outbound.deadline import Deadline
from sample_app.records import SourceInfo
from sample_app.reference.client import looker
from sample_app.settings import Settings
from tests.sample_app.clients import InProcess
from tests.sample_app.ledger import Behaviour, Ledger, answer, dead_address, drips, hangs, resets, running_ledger, says

DEADLINE = 0.4
V2: dict[str, object] = {"source": "crm", "items": [{"id": "a", "value": "alpha"}]}
KNOWN = answer("200 OK", b'{"name": "crm", "title": "Customer records", "since": 1998}')
NOBODY = SourceInfo(title=None)
LATE, GONE, BROKEN = (SourceInfo(title=None, degraded=why) for why in ("late", "unavailable", "broken"))


def asked(url: str | None, name: str = "crm", seconds: float = 10.0) -> SourceInfo:
    """Ask about a source with so much time left."""
    settings = Settings(reference_url=url, reference_deadline=DEADLINE)
    return looker(settings)(name, Context(request_id="r-1", deadline=Deadline(seconds)))


def ok(document: object) -> Behaviour:
    """Answer 200 with a document."""
    return says(answer("200 OK", json.dumps(document).encode()))


WIRE: dict[str, tuple[Behaviour, SourceInfo, int]] = {
    # name: what it does, what is made of it, how often it is asked
    "knows it": (says(KNOWN), SourceInfo(title="Customer records"), 1),
    "knows it without a title": (ok({"name": "crm", "title": None}), NOBODY, 1),
    "an empty title is a title": (ok({"name": "crm", "title": ""}), SourceInfo(title=""), 1),
    "does not know it": (says(answer("404 Not Found", b"whatever")), NOBODY, 1),
    "another source": (ok({"name": "erp", "title": "Resources"}), BROKEN, 2),
    "the name in another case": (ok({"name": "CRM", "title": "Customers"}), BROKEN, 2),
    "no name": (ok({"title": "Customers"}), BROKEN, 2),
    "no title": (ok({"name": "crm"}), BROKEN, 2),
    "a title of another type": (ok({"name": "crm", "title": 7}), BROKEN, 2),
    "a title that is too long": (ok({"name": "crm", "title": "x" * 201}), BROKEN, 2),
    "a title of 200 characters": (ok({"name": "crm", "title": "\u00e9" * 200}), SourceInfo(title="\u00e9" * 200), 1),
    "a title that no store keeps": (ok({"name": "crm", "title": "a\0b"}), BROKEN, 2),
    "a title with half a character": (ok({"name": "crm", "title": "\ud800"}), BROKEN, 2),
    "a list": (ok([{"name": "crm", "title": "x"}]), BROKEN, 2),
    "HTML": (says(answer("200 OK", b"<html>")), BROKEN, 2),
    "cut": (says(KNOWN[:-4]), BROKEN, 2),
    "endless": (says(answer("200 OK", b"x" * 70_000)), BROKEN, 2),
    "a redirect": (says(answer("302 Found", b"", b"Location: http://127.0.0.1:1/")), BROKEN, 1),
    "400": (says(answer("400 Bad Request", b"")), BROKEN, 1),
    "401": (says(answer("401 Unauthorized", b"")), BROKEN, 1),
    "204": (says(answer("204 No Content", b"")), BROKEN, 1),
    "429": (says(answer("429 Too Many Requests", b"")), GONE, 2),
    "429 with a wait that does not fit": (says(answer("429 Too Many Requests", b"", b"Retry-After: 9")), GONE, 1),
    "500": (says(answer("500 Internal Server Error", KNOWN)), GONE, 2),
    "503": (says(answer("503 Service Unavailable", b"")), GONE, 2),
    "closes": (says(b""), GONE, 2),
    "resets": (resets, GONE, 2),
    "hangs": (hangs, LATE, 1),
    "drips": (drips(KNOWN), LATE, 1),
}


@pytest.mark.parametrize("name", WIRE)
def test_whatever_it_does_there_is_an_info(name: str) -> None:
    """Every answer and every silence has one meaning, and one repetition at most is spent on it."""
    behave, expected, times = WIRE[name]
    with running_ledger() as reference:
        reference.behave = behave
        assert (asked(reference.url), len(reference.calls)) == (expected, times)


def test_it_costs_no_more_than_its_deadline() -> None:
    """A reference service that drips for seconds costs 0.4 s."""
    with running_ledger() as reference:
        reference.behave = drips(KNOWN)
        began = time.monotonic()
        assert asked(reference.url) == LATE
        assert time.monotonic() - began < 4 * DEADLINE


def test_nobody_listens() -> None:
    """A refused connection is no failure of the request."""
    assert asked(dead_address()) == GONE


def test_no_time_left() -> None:
    """Without time nothing is asked."""
    with running_ledger() as reference:
        assert (asked(reference.url, seconds=0), reference.calls) == (LATE, [])


def test_it_is_not_configured() -> None:
    """Without an address nothing is asked, and the info says so."""
    assert asked(None) == SourceInfo(title=None, degraded="not-configured")


NAMES = [
    "crm",
    "a b",
    "a/b",
    "..",
    ".",
    "a/../b",
    "%2e",
    "?q=1#x",
    "caf\u00e9",
    "\U0001f600",
    "a+b&c=d",
    "\r\nX: 1",
    "~",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_segment_whatever_is_in_it(name: str) -> None:
    """The service is asked for exactly this name: no step out of its folder, no query, no second header."""
    with running_ledger() as reference:
        reference.behave = ok({"name": name, "title": "t"})
        assert asked(reference.url + "/base", name) == SourceInfo(title="t")
        [call] = reference.calls
    method, _, path = call.target.partition(" ")
    assert (method, path.count("/"), unquote(path)) == ("GET", 3, f"/base/sources/{name}")


@pytest.mark.parametrize(
    ("behave", "source"),
    [
        (says(KNOWN), {"name": "crm", "title": "Customer records"}),
        (says(answer("404 Not Found", b"")), {"name": "crm", "title": None}),
        (hangs, {"name": "crm", "title": None, "degraded": "late"}),
        (resets, {"name": "crm", "title": None, "degraded": "unavailable"}),
        (says(KNOWN[:-4]), {"name": "crm", "title": None, "degraded": "broken"}),
    ],
    ids=["known", "unknown", "late", "gone", "broken"],
)
def test_a_batch_does_not_depend_on_it(
    behave: Behaviour, source: dict[str, str | None], environ: dict[str, str], ledger: Ledger
) -> None:
    """The batch is stored and emitted all the same; the answer says what is missing, and so do replay and read."""
    with running_ledger() as reference:
        reference.behave = behave
        client = InProcess(create_app({**environ, "REFERENCE_URL": reference.url}))
        first = client.post(V2, path="/v2/batches")
        reference.behave = says(KNOWN)
        again, read = client.post(V2, path="/v2/batches"), client.get(first.headers["location"])
    assert (first.status, first.json["source"], len(ledger.calls)) == (201, source, 1)
    assert [again.body, read.body] == [first.body] * 2
