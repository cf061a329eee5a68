"""A plan that is kept holds tokens where secrets stood, and names what the configuration gives; what is read says so."""

from __future__ import annotations

from dataclasses import replace

from harness.incident.replaced import in_words, redaction_of
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.cases import Case, Family, Instance
from harness.model.faults import Fault
from harness.model.incidents import Redaction, Replaced
from harness.model.messages import Answer, Chunk, Request, Wire, placeholder
from harness.model.recorded import answer_of, settings_of
from harness.model.services import Configuration, Operation, Route, Server, Service
from harness.model.steps import Arm, Load, Prepare, Send
from harness.redaction.own import with_own
from harness.redaction.records import redacted, tokenised
from harness.redaction.tokens import Tokens
from tests.unit.redaction.planted import SHAPED

TOKENS = Tokens(b"a key of the test")
OWN = "Bearer own" + "-credential-1"
OTHER = "Bearer some" + "-other-credential"
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN),
    operations=(
        Operation(name="pay", route=Route(method="POST", path="/pay"), headers=(("Authorization", OWN), ("X-A", "b"))),
    ),
)
HEAD = f"POST /pay HTTP/1.1\r\nauthorization: {OWN}\r\nX-Api-Key: hunter2hunter2\r\n\r\n".encode()
BODY = b'{"password": "hunter2hunter2", "note": "%s"}' % SHAPED["AWS access key"].encode()


def case(message: Request | Wire) -> Case:
    """Return a case that sends one message."""
    send = Send(label="one", operation="pay", message=message, event=1)
    return Case(
        id="a",
        entry="MJ01",
        family=Family.MALFORMED,
        scenario="s",
        operation="pay",
        title="t",
        trouble="x",
        steps=(send,),
    )


def sent(kept: Case) -> Request | Wire:
    """Return the message of the one send of a case."""
    return kept.sends()[0].message


def test_a_request_keeps_its_form_and_names_what_the_configuration_gives() -> None:
    """The operation's own credential is named, another one is disguised; the body is as long as it was."""
    headers = (("Authorization", OWN), ("authorization", OTHER), ("Idempotency-Key", placeholder(1)))
    kept = tokenised(
        case(Request(method="POST", target="/pay?token=abcdefgh", headers=headers, body=BODY)), TOKENS, CONFIGURATION
    )
    message = sent(kept)
    assert isinstance(message, Request)
    assert message == Request(
        method="POST",
        target=f"/pay?token={TOKENS.token('abcdefgh')}",
        headers=(("Authorization", "[redacted]"), ("authorization", TOKENS.token(OTHER)), headers[2]),
        body=BODY.replace(b"hunter2hunter2", TOKENS.token("hunter2hunter2").encode()).replace(
            SHAPED["AWS access key"].encode(), TOKENS.token(SHAPED["AWS access key"]).encode()
        ),
    )
    assert with_own(message, CONFIGURATION.operation("pay").headers) == replace(
        message, headers=(("Authorization", OWN), *message.headers[1:])
    )


def test_what_was_before_has_tokens_where_a_name_or_a_form_tells_a_secret() -> None:
    """A variable by its name, a value in SQL by its form; the rest stays."""
    key = SHAPED["AWS access key"]
    instance = Instance(env={"API_KEY": "hunter2hunter2", "MODE": "old"})
    whole = replace(case(Request(method="GET", target="/")), instance=instance)
    kept = tokenised(
        replace(whole, steps=(Prepare(statements=(f"INSERT INTO a VALUES ('{key}')",)),)), TOKENS, CONFIGURATION
    )
    assert kept.instance.env == {"API_KEY": TOKENS.token("hunter2hunter2"), "MODE": "old"}
    assert kept.steps == (Prepare(statements=(f"INSERT INTO a VALUES ('{TOKENS.token(key)}')",)),)


def test_exact_bytes_are_looked_at_as_one_however_they_are_cut() -> None:
    """A message that is sent byte by byte has its own credential named, all others disguised, and pauses where they were."""
    drip = Wire(chunks=tuple(Chunk(data=bytes((byte,)), pause=0.1) for byte in HEAD + BODY))
    kept = sent(tokenised(case(drip), TOKENS, CONFIGURATION))
    assert isinstance(kept, Wire)
    token = TOKENS.token("hunter2hunter2").encode()
    aws = SHAPED["AWS access key"]
    expected = (HEAD + BODY).replace(b"hunter2hunter2", token).replace(aws.encode(), TOKENS.token(aws).encode())
    assert (kept.data, len(kept.chunks)) == (expected.replace(OWN.encode(), b"[redacted]"), len(drip.chunks))
    filled = with_own(kept, CONFIGURATION.operation("pay").headers)
    assert isinstance(filled, Wire)
    assert (filled.data, {chunk.pause for chunk in filled.chunks}) == (expected, {0.1})


def test_a_plan_with_tokens_is_read_as_the_plan_itself() -> None:
    """What is judged, a plan that was kept or the one that was carried out, says the same."""
    for message in (
        Request(
            method="POST", target="/pay", headers=(("Authorization", OWN), ("Cookie", "a=b1b1b1; c=d2d2")), body=BODY
        ),
        Wire(chunks=(Chunk(data=HEAD + BODY),)),
    ):
        assert redacted(tokenised(case(message), TOKENS, CONFIGURATION), ()) == redacted(case(message), ())


def test_what_is_no_secret_is_the_very_same_plan() -> None:
    """Most plans hold none."""
    plain = case(Request(method="POST", target="/pay", body=b'{"source": "crm"}'))
    assert tokenised(plain, TOKENS, CONFIGURATION) == plain
    assert redaction_of(plain, ()) is None


def test_a_word_of_a_load_is_the_one_in_its_body() -> None:
    """Each request of a load has another word in its place, so it is found there; a word that is no secret stays."""
    body = b'{"password": "correcthorse", "city": "springfield"}'
    load = Load(
        label="load",
        operation="pay",
        message=Request(method="POST", target="/pay", body=body),
        rate=5.0,
        seconds=1.0,
        tokens=("correcthorse", "springfield"),
    )
    (kept,) = tokenised(replace(case(Request(method="GET", target="/")), steps=(load,)), TOKENS, CONFIGURATION).steps
    assert isinstance(kept, Load)
    assert isinstance(kept.message, Request)
    token = TOKENS.token("correcthorse")
    assert (kept.tokens, kept.message.body) == ((token, "springfield"), body.replace(b"correcthorse", token.encode()))
    assert "correcthorse" not in repr(kept)


def test_a_recorded_answer_is_looked_at_in_the_settings_of_its_fault() -> None:
    """What a dependency was seen to answer is played again without the secrets in it, text or bytes."""
    secret = SHAPED["GitHub token"]
    token = TOKENS.token(secret)
    made = []
    for body in (f'{{"note": "{secret}"}}'.encode(), b"\xff" + f"password={secret}&".encode()):
        seen = Answer(status=200, headers=(("Set-Cookie", f"sid={secret}"), ("X-A", "b")), body=body)
        fault = Fault(id="f", dependency="ledger", kind="as-recorded", settings=settings_of(seen, 0.5))
        whole = replace(case(Request(method="GET", target="/")), steps=(Arm(fault=fault),))
        (arm,) = tokenised(whole, TOKENS, CONFIGURATION).steps
        assert isinstance(arm, Arm)
        made.append(answer_of(arm.fault.settings))
        assert made[-1] == replace(
            seen,
            headers=(("Set-Cookie", f"sid={token}"), ("X-A", "b")),
            body=body.replace(secret.encode(), token.encode()),
        )


def test_a_capture_has_tokens_in_every_part() -> None:
    """Requests, answers, calls and log lines: one value has one token in all of them."""
    secret = SHAPED["GitHub token"]
    call = SeenCall(
        dependency="ledger",
        request=Request(method="POST", target="/x", headers=(("Authorization", f"Bearer {secret}"),)),
        answer=Answer(status=200, body=f'{{"echo": "{secret}"}}'.encode()),
    )
    exchange = SeenExchange(
        name="r1",
        message=Request(method="POST", target=f"/pay?access_token={secret}"),
        answer=Answer(status=500, headers=(("Set-Cookie", f"sid={secret}; Path=/; HttpOnly"),)),
        calls=(call,),
        log=(f"calling with token={secret}",),
    )
    kept = tokenised(Capture(source="middleware", exchanges=(exchange,)), TOKENS, CONFIGURATION)
    token = TOKENS.token(secret)
    (seen,) = kept.exchanges
    assert isinstance(seen.message, Request)
    assert seen.answer
    assert seen.calls[0].answer
    assert (
        seen.message.target,
        seen.answer.headers,
        seen.calls[0].request.headers,
        seen.calls[0].answer.body,
        seen.log,
    ) == (
        f"/pay?access_token={token}",
        (("Set-Cookie", f"sid={token}; Path=/; HttpOnly"),),
        (("Authorization", f"Bearer {token}"),),
        f'{{"echo": "{token}"}}'.encode(),
        (f"calling with token={token}",),
    )


def test_an_incident_says_what_was_replaced_in_its_case() -> None:
    """Kinds and how many values, the configuration's own headers, and what a token could not keep."""
    body = f'{{"a": "{SHAPED["JSON Web Token"]}", "password": "abcdefgh", "again": {{"password": "abcdefgh"}}}}'
    whole = case(Request(method="POST", target="/pay", headers=(("Authorization", OWN),), body=body.encode()))
    kept = tokenised(whole, TOKENS, CONFIGURATION)
    lost = "the signature of a JSON Web Token does not belong to its claims"
    redaction = redaction_of(kept, ())
    assert redaction == Redaction(
        replaced=(Replaced(kind="JSON Web Token", values=1), Replaced(kind="value under a secret name", values=1)),
        own=("Authorization",),
        lost=(lost,),
    )
    assert in_words(redaction) == (
        f"replaced in it: 1 x JSON Web Token, 1 x value under a secret name, the configuration's own Authorization; {lost}"
    )
