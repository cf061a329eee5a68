"""A token stands for a secret: equal stays equal, form stays form, and anybody can tell it from a secret."""

from __future__ import annotations

import base64
import json
import re
import uuid
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.redaction.redact import redact_bytes, redact_text, tokenise_bytes, tokenise_headers, tokenise_text
from harness.redaction.scan import held
from harness.redaction.shapes import luhn, mod_97
from harness.redaction.tokens import Tokens, whole_token
from tests.unit.redaction.planted import SHAPED

TOKENS = Tokens(b"a key of the test")
OTHERS = Tokens(b"another one of it")


def classes(text: str) -> str:
    """Return the class of each character: 9 for digits, a and A for letters, itself for all others."""
    return re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"\d", "9", text)))


@pytest.mark.parametrize("kind", sorted(SHAPED))
def test_a_token_of_each_kind_has_the_form_of_the_secret(kind: str) -> None:
    """A token is as long as the secret, is known as the same kind, and is never made into another token."""
    secret = SHAPED[kind]
    token = TOKENS.token(secret)
    assert (len(token), token != secret, whole_token(secret), whole_token(token)) == (len(secret), True, False, True)
    assert (TOKENS.token(secret), OTHERS.token(token)) == (token, token)
    assert redact_text(f"x {token} y") == redact_text(f"x {secret} y") != f"x {secret} y"


@pytest.mark.parametrize("kind", sorted(set(SHAPED) - {"JSON Web Token", "e-mail address"}))
def test_characters_keep_their_classes(kind: str) -> None:
    """A digit stays a digit, a small letter small, a capital a capital, and every other character itself."""
    assert classes(TOKENS.token(SHAPED[kind])) == classes(SHAPED[kind])


def test_what_is_checked_still_passes_its_check() -> None:
    """A card number passes Luhn, an IBAN its modulus, a UUID keeps its version, hex stays hex, base64 decodes."""
    given_uuid = str(uuid.UUID(int=0x3F2504E04F8941D39A0C0305E82C3301, version=4))
    made = uuid.UUID(TOKENS.token(given_uuid))
    packed = base64.b64encode(b"sixteen bytes or so").decode()
    assert luhn(TOKENS.token(SHAPED["card number"]))
    assert mod_97(TOKENS.token(SHAPED["IBAN"]))
    assert (made.version, made.variant) == (4, uuid.RFC_4122)
    assert set(TOKENS.token("0f" * 24)) <= set("0123456789abcdef")
    assert len(base64.b64decode(TOKENS.token(packed), validate=True)) == len(b"sixteen bytes or so")


def test_a_json_web_token_keeps_its_header_its_claims_about_time_and_its_names() -> None:
    """What a service reads before it looks at the signature is still there; who it was issued to is not."""
    header, claims, _ = SHAPED["JSON Web Token"].split(".")
    token = TOKENS.token(SHAPED["JSON Web Token"]).split(".")
    before, after = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (claims, token[1]))
    assert (token[0], after["exp"], list(after)) == (header, before["exp"], list(before))
    assert after["sub"] != before["sub"]


def test_an_address_goes_to_a_domain_of_nobody() -> None:
    """No mail of a replay reaches anybody, and the address is as long as it was."""
    tokens = [TOKENS.token(address) for address in ("anna@acme-corp.com", "bo@me.io", "x@mail.example")]
    assert [(len(t), t.rpartition(".")[2]) for t in tokens] == [(18, "test"), (8, "zz"), (14, "example")]
    assert tokens[2] == "x@mail.example"


def test_equal_values_stay_equal_wherever_they_stand() -> None:
    """The same password in a header, in JSON escaped or not, in a form, a log line and a URL has one token."""
    secret = "hunter2Hunter2"
    token = TOKENS.token(secret)
    written = {
        '{"password": "hunter2Hunter2"}': '{"password": "%s"}',
        '{"m": "{\\"password\\": \\"hunter2Hunter2\\"}"}': '{"m": "{\\"password\\": \\"%s\\"}"}',
        "user=a&password=hunter2Hunter2&n=1": "user=a&password=%s&n=1",
        "INFO password=hunter2Hunter2 token: hunter2Hunter2": "INFO password=%s token: %s",
        "postgres://u:hunter2Hunter2@db/x": "postgres://u:%s@db/x",
        "Authorization: Bearer hunter2Hunter2\r\n": "Authorization: Bearer %s\r\n",
        "Cookie: theme_of=%s; sid=1".replace("%s", "hunter2Hunter2"): "Cookie: theme_of=%s; sid=1",
    }
    for before, after in written.items():
        made = tokenise_text(before, TOKENS)
        assert made.replace("sid=" + made[-1], "sid=1") == after.replace("%s", token)
    assert tokenise_headers((("X-Api-Key", secret), ("Host", "h")), TOKENS) == (("X-Api-Key", token), ("Host", "h"))


def test_a_value_that_is_escaped_stays_escaped() -> None:
    """Escapes of JSON and of forms are written again as they were, and what they stand for has the token it always has."""
    token = TOKENS.token('naïve"x1')
    assert tokenise_text('{"pwd": "na\\u00efve\\"x1"}', TOKENS) == (
        '{"pwd": "' + token[:2] + f"\\u{ord(token[2]):04x}" + token[3:5] + '\\"' + token[6:] + '"}'
    )
    made = tokenise_text("pwd=na%C3%AFve%22x1", TOKENS)
    assert made == "pwd=" + token[:2] + "".join(f"%{b:02X}" for b in token[2].encode()) + token[3:5] + "%22" + token[6:]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a": "x\\nSECRET"}', '{"a": "x\\n%s"}'),
        ('{"a": "x\\u003dSECRET"}', '{"a": "x\\u003d%s"}'),
        ("x%3DSECRET%26", "x%%3D%s%%26"),
        ("a=1%2F2 SECRET", "a=1%%2F2 %s"),
    ],
    ids=["a line's end", "a unit", "percent", "none"],
)
@pytest.mark.parametrize("kind", ["AWS access key", "e-mail address", "card number", "word that looks drawn", "IBAN"])
def test_a_word_begins_behind_an_escape(kind: str, before: str, after: str) -> None:
    """A secret is seen behind what stands for another character, and the escape stays what it was."""
    secret = SHAPED[kind]
    assert tokenise_text(before.replace("SECRET", secret), TOKENS) == after % TOKENS.token(secret)


def test_what_is_in_percent_is_looked_at_as_what_it_stands_for() -> None:
    """A value of a form whose own marks are encoded hides nothing."""
    for kind in ("private key", "Azure storage key", "e-mail address"):
        made = tokenise_text(f"a=1&x={quote_plus(SHAPED[kind])}&b=2", TOKENS)
        assert made == f"a=1&x={quote_plus(TOKENS.token(SHAPED[kind]))}&b=2"


def test_in_json_what_is_no_value_of_its_own_stays() -> None:
    """Names, true, false, null and the brackets stay; numbers stay numbers; so a case that is about them stays one."""
    before = '{"token": {"a": [1234567, -1.5e3, true, null, "abcdefgh"], "b": ""}, "session": null, "c": 5}'
    after = json.loads(tokenise_text(before, TOKENS))
    a = after["token"]["a"]
    assert after == {"token": {"a": [a[0], a[1], True, None, a[4]], "b": ""}, "session": None, "c": 5}
    assert (len(str(a[0])), type(a[1]), len(a[4]), a[4] != "abcdefgh") == (7, float, 8, True)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_length_moves(data: bytes) -> None:
    """Whatever bytes a message has, its tokens take as many: a Content-Length stays right."""
    assert len(tokenise_bytes(b"password=" + data, TOKENS)) == len(b"password=" + data)


@given(st.text(max_size=40), st.sampled_from(["password", "note"]))
@settings(deadline=None)
def test_a_document_with_tokens_is_masked_as_the_one_with_secrets(text: str, name: str) -> None:
    """What the judging reads, a plan with tokens or a history with secrets, says the same."""
    document = json.dumps({name: text}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert redact_bytes(tokenise_bytes(document, TOKENS)) == redact_bytes(document)


@pytest.mark.parametrize("kind", sorted(SHAPED))
def test_a_message_with_tokens_passes_the_scan(kind: str) -> None:
    """What the redaction makes of a message that holds a secret, the scan takes; the message itself it does not."""
    message = json.dumps({"note": SHAPED[kind], "Authorization": "Bearer " + "a1b2c3d4" * 4})
    assert held(tokenise_text(message, TOKENS)) == ()
    assert kind in {each.kind for each in held(message)}


def test_a_key_that_is_too_short_is_refused() -> None:
    """A key that could be guessed is none."""
    with pytest.raises(ValueError, match="a key has at least 16 bytes, not 5"):
        Tokens(b"short")
