"""A file that still holds a secret is not written, whatever form the secret has in it."""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from collections.abc import Callable

import pytest

from harness.model.errors import ScenarioError
from harness.redaction.scan import Held, held, scanned
from tests.unit.redaction.planted import SHAPED

KEY = SHAPED["GitHub token"]
PASSWORD = "hunter2" + "hunter3"

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda s: json.dumps({"body": s}),
    "JSON in JSON": lambda s: json.dumps({"body": json.dumps({"x": json.dumps({"y": s})})}),
    "escaped": lambda s: json.dumps({"body": "".join(f"\\u{ord(c):04x}" for c in s)}),
    "in percent": lambda s: json.dumps({"target": "/a?x=" + "".join(f"%{ord(c):02x}" for c in s)}),
    "base64": lambda s: json.dumps({"body": {"base64": base64.b64encode(b"\xff " + s.encode()).decode()}}),
    "base64 in a setting": lambda s: json.dumps(
        {"body": "base64:" + base64.b64encode(b"\xff\x01 " + s.encode()).decode()}
    ),
    "base64 of text": lambda s: json.dumps({"body": base64.urlsafe_b64encode(f"x {s} y".encode()).decode()}),
    "gzip": lambda s: json.dumps({"body": {"base64": base64.b64encode(gzip.compress(s.encode())).decode()}}),
    "UTF-16": lambda s: json.dumps({"body": {"base64": base64.b64encode(s.encode("utf-16-le")).decode()}}),
    "no JSON": lambda s: f"curl -H 'X: {s}' http://127.0.0.1/",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form(form: str) -> None:
    """A secret is seen in every form that it may have in a file."""
    assert [each.kind for each in held(FORMS[form](KEY))] == ["GitHub token"]


def test_the_message_tells_the_place_the_key_the_kind_and_what_to_do_and_never_the_value() -> None:
    """Who reads it finds the place; who reads it over his shoulder learns nothing."""
    text = json.dumps({"case": {"steps": [{"headers": [["Host", "h"], ["X-Api-Key", PASSWORD]]}]}}, indent=1)
    with pytest.raises(ScenarioError) as refused:
        scanned(text, "incidents/x.json")
    assert str(refused.value) == (
        "incidents/x.json:12:7: case.steps[0].headers[1][1]: a value under a secret name still holds what must never be "
        "written, so the file is not: name it in 'secrets' of the configuration, and it is replaced; or in 'not_secret', "
        "where it is none"
    )


NAMED = {
    "a header line": f"GET / HTTP/1.1\r\nAuthorization: Token {PASSWORD}\r\n\r\n",
    "a cookie": f"Cookie: theme=dark; sid={PASSWORD}",
    "JSON": json.dumps({"password": PASSWORD}),
    "a form": f"user=a&client_secret={PASSWORD}",
    "a log line": f"login with password={PASSWORD} failed",
    "Python's repr": repr({"api_key": PASSWORD}),
    "a URL": f"amqp://guest:{PASSWORD}@broker:5672/",
    "a scheme": f"sent Bearer {PASSWORD}",
}


def test_bytes_are_no_word() -> None:
    """What is packed or a picture looks drawn as base64, and is none for that."""
    packed = base64.b64encode(gzip.compress(bytes(range(90)))).decode()
    assert held(json.dumps({"body": {"base64": packed}, "settings": {"body": f"base64:{packed}"}})) == ()
    assert [each.kind for each in held(json.dumps({"body": SHAPED["word that looks drawn"]}))] == [
        "word that looks drawn"
    ]


@pytest.mark.parametrize("place", NAMED)
def test_secrets_by_their_names(place: str) -> None:
    """A value is seen by the name before it, in a body as in a line."""
    assert len(held(json.dumps({"body": NAMED[place]}))) >= 1


def test_a_pair_of_name_and_value() -> None:
    """A header of a HAR and of an incident is seen by its name."""
    pairs = {"headers": [{"name": "X-Auth-Token", "value": PASSWORD}], "own": [["Cookie", f"a={PASSWORD}"]]}
    assert [each.key for each in held(json.dumps(pairs))] == ["headers[0].value", "own[0][1]"]
    assert held(json.dumps({"own": ["Authorization", "Set-Cookie"]})) == ()


HARMLESS = {
    "a UUID": str(uuid.UUID(int=77, version=4)),
    "a digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "an identity of a plan": "e0e0e0e0-0000-4000-8000-000000000001",
    "what was redacted": "Authorization: [redacted]",
    "a time in nanoseconds": "1764352800123456789",
    "an address of nobody": "anna@example.com",
    "a path": "/usr/lib/python3.11/site-packages/flask/ctx/Application_context_2.py",
    "a case": "MW11/create_batch_v2/one-of-70-kB",
    "an identifier": "test_everyThing_that_can_be_said_of_Version2_and_Version3",
    "a scheme asked for": 'Bearer realm="api"',
    "a sentence": "the token was refused, and no password is asked for",
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_no_secret_passes(what: str) -> None:
    """Identities, digests, times, paths and prose are no secrets: a scan that cries wolf is switched off."""
    assert held(json.dumps({"body": HARMLESS[what]})) == held(HARMLESS[what]) == ()


def test_the_configuration_adds_and_excepts() -> None:
    """A name and a pattern of the configuration are seen, and what it declares to be no secret is not."""
    text = json.dumps({"body": f"shop-key: abcdefghij MEMBER-12345678 {KEY}"})
    kinds = ["value under a secret name", "value that the configuration calls secret"]
    assert [each.kind for each in held(text, ("Shop-Key", "/MEMBER-[0-9]{8}/", "!/ghp_.*/"))] == kinds
    assert held(json.dumps({"body": "token_count=1234567"}), ("!token_count",)) == ()


def test_the_place_in_a_text_of_lines() -> None:
    """A file that is no JSON has its line told, and what goes over lines is told too."""
    assert held(f"one\ntwo\nx {KEY}\n") == (Held(line=3, column=1, key="", kind="GitHub token"),)
    assert [each.kind for each in held("# a\n" + SHAPED["private key"] + "\n")] == ["private key"]
