"""The answer is whole and says success, but its body is not what a caller may rely on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from harness.doubles.kinds import FaultKind, Strike
from harness.doubles.responses import Response, json_response
from harness.model.faults import Landed

_HTML = "<!doctype html><title>Welcome</title><p>Please sign in to continue."


def _html(answer: Response) -> Response:
    return Response(status=answer.status, headers=(("Content-Type", "text/html; charset=utf-8"),), body=_HTML.encode())


def _as_json(text: Callable[[str], str]) -> Callable[[Response], Response]:
    """Return what puts ``text`` of the normal body in its place, still called JSON."""
    return lambda answer: json_response(answer.status, text(answer.body.decode("utf-8", "replace")))


def _in_list(body: str) -> str:
    return f"[{body}]"


def _cut(body: str) -> str:
    """Return the first half, which is never JSON: a body too short to be cut becomes an open object."""
    whole = body.strip()
    half = whole[: len(whole) // 2]
    return half if half.startswith(("{", "[")) else "{"


def _nan(body: str) -> str:
    """Return the object with NaN for every member, which many parsers read though it is not JSON (RFC 8259)."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return json.dumps(dict.fromkeys(value, float("nan"))) if isinstance(value, dict) else "NaN"


def _members(change: Callable[[dict[str, object]], dict[str, object]]) -> Callable[[str], str]:
    """Return what changes the members of the body's object; a body that is no object becomes an empty one."""

    def changed(body: str) -> str:
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        return json.dumps(change(value) if isinstance(value, dict) else {})

    return changed


_BODIES: Mapping[str, Callable[[Response], Response]] = {
    "cut-json": _as_json(_cut),
    "empty": _as_json(lambda _: ""),
    "html": _html,
    "list": _as_json(_in_list),
    "missing-field": _as_json(_members(lambda value: dict(list(value.items())[1:]))),
    "nan": _as_json(_nan),
    "null": _as_json(lambda _: "null"),
    "wrong-type": _as_json(_members(lambda value: {name: [child] for name, child in value.items()})),
}


async def malform(strike: Strike) -> None:
    """Answer with the normal status (200 where that carries no body) and the malformed body, framed correctly."""
    strike.fired()
    answer = strike.answer
    body = _BODIES[strike.word("body")](answer)
    status = answer.status if answer.may_carry_body else 200
    strike.send(Response(status=status, headers=body.headers, body=body.body), "answered with a malformed body")


FAULT = FaultKind(
    name="malformed-body",
    doc="The effect lands; the answer has its normal status and right framing, but a body that was not promised.",
    landed=Landed.WHOLE,
    settings={"body": "cut-json"},
    choices={"body": tuple(_BODIES)},
    strike=malform,
)
