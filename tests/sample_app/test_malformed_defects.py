"""Each mistake around malformed payloads shows where its story says, and the clean app does not make it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from sample_app import create_app
from tests.sample_app.clients import BATCH, InProcess, Reply
from tests.sample_app.ledger import Ledger

Make = Callable[[str], InProcess]
CLEAN = ""
ITEMS = {"source": "crm", "items": [{"id": "a", "value": "x"}, {"id": "a", "value": "y"}]}
BROKEN = b'{"source": "crm", "values": ['


@pytest.fixture
def make(environ: dict[str, str]) -> Make:
    """Make the app with a defect, or the clean one."""
    return lambda defect: InProcess(create_app({**environ, "SAMPLE_APP_DEFECT": defect}))


def _statuses(*replies: Reply) -> list[int]:
    return [reply.status for reply in replies]


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 422), ("falsy-as-empty", 201)])
@pytest.mark.parametrize("falsy", [None, 0, False, ""])
def test_falsy_as_empty(defect: str, status: int, falsy: object, make: Make) -> None:
    """MS02: what is no list at all is taken for an empty one."""
    assert make(defect).post({"source": "crm", "values": falsy}).status == status


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 400), ("trusted-length", 201)])
def test_trusted_length(defect: str, status: int, make: Make) -> None:
    """MW22: fewer bytes than announced are a whole body where they happen to be a document."""
    assert make(defect).post(BATCH, environ={"CONTENT_LENGTH": "500"}).status == status


@pytest.mark.parametrize(("defect", "forged"), [(CLEAN, 0), ("plain-text-audit", 1)])
def test_plain_text_audit(
    defect: str, forged: int, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """ME16: a line end in the name of the sender begins a line of the trail."""
    app = create_app({**environ, "SAMPLE_APP_DEFECT": defect}, log=io.StringIO())
    assert InProcess(app).post({"source": "crm\nforged", "values": ["a"]}).status == 201
    assert sum(line.startswith("forged") for line in capsys.readouterr().out.splitlines()) == forged


@pytest.mark.parametrize(("defect", "effects"), [(CLEAN, 0), ("ids-compared-last", 1)])
def test_ids_compared_last(defect: str, effects: int, make: Make, ledger: Ledger) -> None:
    """MC11: a batch with an id twice is refused alike, after its entry was sent."""
    assert make(defect).post(ITEMS, path="/v2/batches").problem == (422, "validation")
    assert len(ledger.effects()) == effects


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 201), ("limit-in-bytes", 422)])
def test_limit_in_bytes(defect: str, status: int, make: Make) -> None:
    """MS08: a sender of as many letters as may be is too long when its letters have two bytes."""
    client = make(defect)
    assert client.post({"source": "a" * 64, "values": []}, key="ascii").status == 201
    assert client.post({"source": "\u03b1" * 64, "values": []}, key="greek").status == status


@pytest.mark.parametrize(("defect", "statuses"), [(CLEAN, [201, 422, 201]), ("all-that-was-wrong", [201, 422, 422])])
def test_all_that_was_wrong(defect: str, statuses: list[int], make: Make) -> None:
    """MC09: what was wrong with one document is wrong with all that follow."""
    client = make(defect)
    bad = {"source": 1, "values": []}
    replies = [client.post(document, key=str(nth)) for nth, document in enumerate((BATCH, bad, BATCH))]
    assert _statuses(*replies) == statuses


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 201), ("keys-in-hand", 409)])
def test_keys_in_hand(defect: str, status: int, make: Make) -> None:
    """MC15: the mended batch is told to wait for the one that was refused."""
    client = make(defect)
    assert client.post({"source": 1, "values": []}).problem == (422, "validation")
    assert client.post(BATCH).status == status


@pytest.mark.parametrize(("defect", "kept"), [(CLEAN, "new"), ("known-by-its-head", "old")])
def test_known_by_its_head(defect: str, kept: str, make: Make) -> None:
    """MC16: of two documents of one length and one beginning the first is booked twice."""
    client = make(defect)
    values = ["x" * 80]
    client.post({"source": "crm", "values": [*values, "old"]}, key="first")
    reply = client.post({"source": "crm", "values": [*values, "new"]}, key="second")
    assert (reply.status, reply.json["accepted"][1]) == (201, kept)


@pytest.mark.parametrize(("defect", "statuses"), [(CLEAN, [400, 201]), ("running-decoder", [201, 400])])
def test_running_decoder(defect: str, statuses: list[int], make: Make) -> None:
    """MC17: the first bytes of a character are kept for the next caller."""
    client = make(defect)
    cut = client.post(b'{"source": "crm", "values": []}\xe2\x82', key="cut")
    assert _statuses(cut, client.post(BATCH, key="next")) == statuses


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 201), ("turns-at-the-parser", 503)])
def test_turns_at_the_parser(defect: str, status: int, make: Make) -> None:
    """MC09: eight broken documents later nothing is parsed any more."""
    client = make(defect)
    assert {client.post(BROKEN, key=str(nth)).status for nth in range(8)} == {400}
    assert client.post(BATCH, key="valid").status == status


@pytest.mark.parametrize(("defect", "statuses"), [(CLEAN, [422, 422]), ("last-known-sender", [422, 201])])
def test_last_known_sender(defect: str, statuses: list[int], make: Make) -> None:
    """MC09: a batch without a sender is nobody's at first, and then the last caller's, of either version."""
    client = make(defect)
    first = client.post({"values": []}, key="first")
    named = {"source": "bank", "items": []}
    assert client.post(named, key="named", path="/v2/batches").status == 201
    then = client.post({"values": []}, key="then")
    assert _statuses(first, then) == statuses
    assert statuses[1] == 422 or then.json["source"] == "bank"


@pytest.mark.parametrize(("defect", "status"), [(CLEAN, 201), ("refusals-replayed", 400)])
def test_refusals_replayed(defect: str, status: int, make: Make) -> None:
    """MC15: an upload that broke off is told so again when it comes whole."""
    client = make(defect)
    assert client.post(BATCH, environ={"CONTENT_LENGTH": "500"}).problem == (400, "body-incomplete")
    assert client.post(BATCH).status == status
