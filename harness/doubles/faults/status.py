"""The dependency answers that it cannot: an error status in place of the effect."""

from __future__ import annotations

import json

from harness.doubles.kinds import FaultKind, Settings, Strike
from harness.doubles.responses import json_response


async def answer_status(strike: Strike) -> None:
    """Answer with ``code``, and with Retry-After (RFC 9110, section 10.2.3) exactly as set where it is set."""
    strike.fired()
    retry_after = strike.word("retry_after")
    headers = (("Retry-After", retry_after),) if retry_after else ()
    code = int(strike.number("code"))
    strike.send(
        json_response(code, json.dumps({"error": f"injected {code}"}), headers), "answered with the status asked"
    )


def _refuse(settings: Settings) -> str:
    """Say why ``code`` cannot be the status of a final answer: three digits, not 1xx (RFC 9110, section 15)."""
    code = settings["code"]
    return "" if code in range(200, 1000) else f"'code' of 'status' is a whole number from 200 to 999, not {code}"


FAULT = FaultKind(
    name="status",
    doc="The dependency answers with the status `code` and a small JSON body; `retry_after` is sent as Retry-After.",
    settings={"code": 503.0, "retry_after": ""},
    refuse=_refuse,
    strike=answer_status,
)
