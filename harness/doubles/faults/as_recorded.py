"""The dependency answers once more what somebody saw it answer: in production, at a recorder, in an import."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Settings, Strike
from harness.doubles.responses import Response
from harness.model.faults import Landed
from harness.model.messages import Answer
from harness.model.recorded import answer_of


async def answer_as_recorded(strike: Strike) -> None:
    """Wait as long as it took, then give the recorded answer; one that was cut is cut at the same byte."""
    asked = strike.number("delay")
    held = await strike.hold(asked)
    strike.fired(asked=asked, got=held.seconds if asked else 0.0, evidence=held.why if asked else "")
    answer = _recorded(strike)
    response = Response(status=answer.status, headers=answer.headers, body=answer.body)
    if answer.complete:
        strike.send(response, "answered as recorded")
    else:
        strike.close("cut as recorded", _cut(answer, response))


def _recorded(strike: Strike) -> Answer:
    numbers = {name: strike.number(name) for name in ("status", "delay")}
    return answer_of(numbers | {name: strike.word(name) for name in ("headers", "body")})


def _cut(answer: Answer, response: Response) -> bytes:
    """Return the bytes of an answer that promises more than it holds: by its length, or by a last chunk not sent."""
    if (answer.header("Transfer-Encoding") or "").lower() == "chunked":
        head = response.encoded(framing="Transfer-Encoding: chunked", head_only=True)
        return head + (b"%x\r\n%s\r\n" % (len(answer.body), answer.body) if answer.body else b"")
    length = answer.header("Content-Length")
    return response.encoded(framing=f"Content-Length: {length}" if length else "")


def _landed(settings: Settings) -> Landed:
    """Return whether the effect lands: a 2xx says that it did, anything else that it did not."""
    status = settings["status"]
    return Landed.WHOLE if not isinstance(status, str) and 200 <= status < 300 else Landed.NONE


def _refuse(settings: Settings) -> str:
    """Say why the settings are no answer."""
    try:
        answer_of(settings)
    except ValueError as error:
        return f"{error} ('as-recorded')"
    return ""


FAULT = FaultKind(
    name="as-recorded",
    doc="The answer is the recorded one, `delay` seconds after the call; `headers` has a line `Name: value` for each, "
    "`body` is text or `base64:...`. The effect lands where the status is 2xx. With a Content-Length or "
    "Transfer-Encoding among the headers the answer is cut, then FIN.",
    landed=_landed,
    settings={"status": 200.0, "headers": "", "body": "", "delay": 0.0},
    durations=frozenset({"delay"}),
    refuse=_refuse,
    strike=answer_as_recorded,
)
