"""The transcript of a case is the same for every run of it on one build, and tells all that is not noise."""

from __future__ import annotations

from dataclasses import replace

from harness.history.transcripts import transcript
from harness.model.messages import Silence
from harness.model.steps import Load
from tests.unit.history.stories import CASE, REQUEST, answered, at_once, clean, exchange, fresh, scope, with_steps

WHOLE = """\
== kept/1: a batch twice
> first
POST /things {event 1}
< 201
Content-Type: application/json
Location: /things/{id 1}
{"id": "{id 1}", "seats": 2, "names": ["b", "a"], "note": null}
> again
POST /things {event 1}
< 201
Content-Type: application/json
Idempotency-Replayed: true
{"id": "{id 1}", "seats": 2, "names": ["b", "a"], "note": null}
@ ledger POST /entries: a new effect under batch-{id 1}
/entries {"batch": "{id 1}", "event": "{event 1}"}
"""


def test_two_runs_have_one_transcript() -> None:
    """Identities by their events, identifiers numbered as they come, in answers, headers, keys and bodies."""
    assert [transcript([clean(run)]) for run in (1, 2)] == [WHOLE, WHOLE]


def test_moments_and_addresses_are_left_out() -> None:
    """Ports, dates of the server, and times in a document; what a version says of its end is kept."""
    body = {"at": "2026-11-28T10:00:00.5+00:00"}
    what = answered(200, body, Date="Sat, 28 Nov 2026 10:00:00 GMT", Sunset="Mon, 01 Nov 2027 00:00:00 GMT")
    sent = replace(exchange(1, "read", what), data=b"GET / HTTP/1.1\r\nHost: 127.0.0.1:40123\r\n\r\n")
    assert transcript([scope([sent])]).splitlines()[2:] == [
        *("GET / HTTP/1.1", "Host: {host}", "", ""),
        *("< 200", "Content-Type: application/json", "Sunset: Mon, 01 Nov 2027 00:00:00 GMT", '{"at": "{now}"}'),
    ]


def test_who_of_equals_was_late_is_left_out() -> None:
    """A duplicate at the same instant may get the first's answer or be told to wait: one transcript."""
    made = answered(201, {"id": fresh(1, 1)})
    runs = [
        with_steps(scope([exchange(1, "a", one, group="a"), exchange(2, "b", two, group="a")]), at_once("a", "b"))
        for one, two in ((made, made), (answered(409, {}), made))
    ]
    first, second = (transcript([run]) for run in runs)
    assert first == second
    assert first.splitlines()[-1] == "< answered as a duplicate at the same instant may be"


def test_silence_and_loads_are_told() -> None:
    """Why no answer came; that there is nothing to tell of a load; what kept a case from its end."""
    silent = replace(scope([exchange(1, "first", Silence.RESET)]), trouble="it broke off")
    assert transcript([silent]).splitlines()[-2:] == ["< no answer: reset", "? it broke off"]
    load = Load(label="load", operation="book", message=REQUEST, rate=1.0, seconds=1.0)
    assert transcript([replace(scope([]), case=replace(CASE, steps=(load,)))]) == (
        "== kept/1: a batch twice\n(a load: of its answers there are only numbers)\n"
    )
