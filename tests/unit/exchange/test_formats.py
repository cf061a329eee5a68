"""A file says by its beginning what it is; captures come back from their own files without loss."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange.capture_files import read_capture, write_capture
from harness.exchange.formats import FORMATS, read, told
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Chunk, Ending, Request, Silence, Wire
from tests.unit.exchange.made import LATIN, answers, requests, source
from tests.unit.exchange.made import told as said

SECONDS = st.floats(0, 1e6, allow_nan=False)
WIRES = st.builds(
    Wire,
    chunks=st.lists(st.builds(Chunk, data=st.binary(max_size=9), pause=SECONDS), max_size=2).map(tuple),
    ending=st.sampled_from(Ending),
)
SILENCES = st.one_of(st.none(), st.sampled_from(Silence))
CALLS = st.builds(
    SeenCall,
    dependency=st.sampled_from(("ledger", "127.0.0.1:9")),
    request=requests(LATIN),
    answer=st.one_of(st.none(), answers()),
    silence=SILENCES,
    at=SECONDS,
    took=SECONDS,
)


@st.composite
def captures(draw: st.DrawFn) -> Capture:
    """Draw any capture."""
    exchanges = [
        SeenExchange(
            name=f"r{number}",
            message=draw(st.one_of(requests(LATIN), WIRES)),
            answer=draw(st.one_of(st.none(), answers())),
            silence=draw(SILENCES),
            at=draw(SECONDS),
            took=draw(SECONDS),
            calls=tuple(draw(st.lists(CALLS, max_size=2))),
            log=tuple(draw(st.lists(st.text(max_size=9), max_size=2))),
            missing=draw(st.sampled_from(((), ("body",), ("headers", "body")))),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return Capture(source="middleware", taken=draw(st.sampled_from(("", "2026-11-28"))), exchanges=tuple(exchanges))


@given(captures())
def test_a_capture_comes_back_from_its_file_equal(capture: Capture) -> None:
    """Everything that is seen is kept: bytes, times, calls, what is missing; the same capture gives the same bytes."""
    text = write_capture(capture)
    assert (read_capture(source(text)), next(iter(json.loads(text)))) == (capture, "format")


TEXT = write_capture(
    Capture(source="middleware", exchanges=(SeenExchange(name="a", message=Request(method="GET", target="/")),))
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TEXT[:60], "seen:5:4: the file is no whole JSON: take it from where it was captured again"),
        (
            TEXT.replace('"format": 1', '"format": 2'),
            "seen: this version of the harness reads captures of format 1, not 2",
        ),
        (TEXT.replace('"target"', '"tragte"'), "seen:7:15: exchanges.0.message.target: Field required"),
        (TEXT.replace('"name": "a"', '"name": 7'), "seen:6:12: exchanges.0.name: Input should be a valid string"),
    ],
    ids=["cut", "of the future", "misspelt", "a number for a text"],
)
def test_a_capture_that_is_not_whole_is_refused_with_its_place(text: str, why: str) -> None:
    """What is wrong, and where."""
    with pytest.raises(ScenarioError) as refused:
        read_capture(source(text))
    assert why in said(refused.value)[0]


def test_two_exchanges_of_one_name_are_refused() -> None:
    """A name says which exchange is meant."""
    one = SeenExchange(name="a", message=Request(method="GET", target="/"))
    with pytest.raises(ScenarioError) as refused:
        read_capture(source(write_capture(Capture(source="middleware", exchanges=(one, one)))))
    assert said(refused.value) == ["seen: exchanges: two exchanges are called 'a': each has a name of its own"]


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (TEXT, "capture"),
        (TEXT[:70], "capture"),
        ('{\n "log": {\n  "version": "1.2"', "har"),
        ('{"request_id": "r", "path": "/", "method": "GET"}\n{"a"', "log"),
        (b"\xef\xbb\xbf" + b"POST /v1/batches HTTP/1.1\r\n\r\n", "raw"),
        ("# twice\nSUT=http://h\ncurl $SUT", "curl"),
        ("$ curl h", "curl"),
        ("printf 'a' | curl -d @- h", "curl"),
    ],
)
def test_a_file_says_by_its_beginning_what_it_is(data: str | bytes, form: str) -> None:
    """Cut or not: the reader of its format says what is wrong with it."""
    assert told(source(data)) == form


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("hello", "seen: this begins like none of capture, vcr, har, log, raw, curl: name its format with --format"),
        (
            b"\x00\xff",
            "seen: this begins like none of capture, vcr, har, log, raw, curl: name its format with --format",
        ),
        ('{"format": 1, "shows": {}', "seen: this is an incident already"),
    ],
)
def test_what_is_like_no_format_is_refused(data: str | bytes, why: str) -> None:
    """Nothing is guessed; an incident needs no import."""
    with pytest.raises(ScenarioError) as refused:
        read(source(data), "auto", {})
    assert said(refused.value)[0].startswith(why)


def test_a_format_that_is_named_is_believed() -> None:
    """Every format reads what it is given, or says what is wrong with it."""
    refusals = 0
    for form in FORMATS:
        try:
            read(source(b"\xff"), form, {})
        except ScenarioError:
            refusals += 1
    assert refusals == len(FORMATS) - 1
