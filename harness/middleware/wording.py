"""What was held, as the JSON of a capture: redacted, and with a sentence for everything that could not be seen."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from harness.middleware import messages
from harness.middleware.messages import Value
from harness.middleware.outgoing import WATCHED
from harness.middleware.ring import STRAYS, Call, Exchange

_PORTS = {"http": 80, "https": 443}
_REQUEST_ID = "x-request-id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """How exchanges are told. ``dependencies``: base URLs by name; ``secrets``: names of fields that hold some."""

    dependencies: Mapping[str, str]
    secrets: tuple[str, ...]

    def written(self, seen: Sequence[Exchange], *, left_out: int, unseen: int) -> bytes:
        """Return the file. ``left_out`` errors had none of their own, ``unseen`` requests found no room."""
        from harness.model.captures import Capture, unique_names  # not at import time: a service pays when it writes
        from harness.model.codec import from_json
        from harness.redaction.captures import kept

        now, began = time.monotonic(), seen[0].at if seen else time.monotonic()
        taken = datetime.fromtimestamp(time.time() - (now - began), UTC)
        names = unique_names(map(_request_id, seen))
        losses = [*_of_all(began, left_out=left_out, unseen=unseen)]
        told = _Told(self, now, began, losses)
        document = {
            "format": 1,
            "source": "middleware",
            "taken": taken.isoformat(timespec="milliseconds"),
            "exchanges": [told.exchange(name, exchange) for name, exchange in zip(names, seen, strict=True)],
            "losses": losses,
        }
        return kept(from_json(Capture, json.dumps(document)), self.secrets).encode("ascii")

    def dependency(self, authority: str) -> str:
        """Return the name of the dependency at ``authority``, or that itself where none is known."""
        return next((name for name, url in self.dependencies.items() if _authority(url) == authority), authority)


class _Told:
    """Tells one exchange after the other, and what is lost of each."""

    def __init__(self, wording: Wording, now: float, began: float, losses: list[str]) -> None:
        self._wording = wording
        self._now = now
        self._began = began
        self._losses = losses

    def exchange(self, name: str, seen: Exchange) -> Value:
        """Return one exchange."""
        self._losses += [f"'{name}': {loss}" for loss in _of_exchange(seen)]
        value: Value = {
            "name": name,
            "message": messages.request(seen.method, seen.target, seen.headers, bytes(seen.asked.data)),
        }
        if seen.status:
            value["answer"] = self._answer(seen)
        value |= self._span(seen.at - self._began, seen.at, seen.ended)
        calls = [self._call(name, call, seen.at) for call in tuple(seen.calls)]
        if any(calls):
            value["calls"] = [call for call in calls if call]
        if seen.raised:
            value["log"] = [f"{seen.raised} was raised and passed on to the server"]
        return value

    def _span(self, at: float, began: float, ended: float) -> Value:
        return {"at": round(at, 6), "took": round((ended or self._now) - began, 6)}

    def _answer(self, seen: Exchange) -> Value:
        length = {name.lower(): value for name, value in seen.answer_headers}.get("content-length", "")
        bodiless = seen.method == "HEAD"
        whole = seen.whole or bodiless or seen.sent_aside or length == str(seen.answered.size)
        return messages.answer(
            seen.status,
            seen.reason,
            seen.answer_headers,
            b"" if bodiless else bytes(seen.answered.data),
            clipped=seen.sent_aside or (seen.answered.clipped and not bodiless),
            complete=whole,
        )

    def _call(self, name: str, call: Call, began: float) -> Value | None:
        """Return one call; None where its request was not written, which is lost."""
        asked = messages.parted(bytes(call.request.data), call.request.size)
        words = asked.first.split(" ") if asked else []
        authority = call.authority
        if asked is None or len(words) != 3:
            cause = f" ({call.error})" if call.error else ""
            self._losses.append(f"'{name}': a call to {authority} was begun, and its request was not seen{cause}")
            return None
        target = words[1]
        if target.startswith(("http://", "https://")):
            authority = _authority(target)
        subject = f"'{name}': the call {words[0]} {target.partition('?')[0]} to {authority}"
        self._losses += [f"{subject}: {loss}" for loss in _of_call(call, asked)]
        value: Value = {
            "dependency": self._wording.dependency(authority),
            "request": messages.request(words[0], target, asked.headers, asked.body),
        }
        return value | self._came(call, words[0]) | self._span(call.at - began, call.at, call.ended)

    def _came(self, call: Call, method: str) -> Value:
        """Return what came of a call: its answer, or why there is none."""
        data = bytes(call.answer.data)
        if not data:
            return {"silence": call.silence} if call.silence else {}
        status = data.split(b" ", 2)[1:2]
        bodiless = method == "HEAD" or status in ([b"204"], [b"304"])
        came = messages.parted(data, call.answer.size, bodiless=bodiless)
        words = came.first.split(" ", 2) if came else []
        if came is None or len(words) < 2 or not words[1].isdecimal():
            return {"answer": {"status": 0, "body": messages.shown(data), "complete": False, "valid": False}}
        complete = came.whole if came.whole is not None else bool(call.ended and not call.error)
        return {
            "answer": messages.answer(
                int(words[1]),
                words[2] if len(words) > 2 else "",
                came.headers,
                came.body,
                clipped=call.answer.clipped,
                complete=complete,
            )
        }


def _request_id(exchange: Exchange) -> str:
    """Return the id under which the service's log knows the exchange, as it was answered or else asked."""
    fields = (*exchange.answer_headers, *exchange.headers)
    return next((value for name, value in fields if name.lower() == _REQUEST_ID), "")


def _of_all(began: float, *, left_out: int, unseen: int) -> Iterator[str]:
    """Say what was lost of the whole."""
    yield f"the process {os.getpid()} alone was watched: what others of the service did meanwhile is not here"
    yield "header fields of the requests are as WSGI keeps them: without their case, their order and their repeats"
    if WATCHED:
        yield f"outgoing calls were seen on {', '.join(WATCHED)} alone: those of other clients are not here"
    else:
        yield "no client of the service is watched: its outgoing calls are not here"
    strays = STRAYS.since(began)
    if strays:
        yield f"{strays} outgoing calls belong to no request: the threads that made them were not handed the context"
    if unseen:
        yield f"{unseen} requests since the start found no room in memory and were not recorded"
    if left_out:
        yield f"{left_out} further errors came too near to another one for a file of their own"


def _of_exchange(seen: Exchange) -> Iterator[str]:
    """Say what was lost of one exchange."""
    asked, answered = seen.asked, seen.answered
    if asked.clipped:
        yield f"its body has {asked.size} bytes, of which {len(asked.data)} are here"
    if seen.length is not None and asked.size < seen.length:
        yield f"the service read {asked.size} of the {seen.length} bytes of its body; the others were not seen"
    if seen.sought:
        yield "the service jumped about in its body: what is here is in the order in which it was read"
    if answered.clipped:
        yield f"its answer has {answered.size} bytes, of which {len(answered.data)} are here"
    if seen.sent_aside:
        yield "the body of its answer was sent from a file by the server, unseen"
    if not seen.ended:
        yield "it was still at work when this was written"
    if seen.left_out:
        yield f"{seen.left_out} of its outgoing calls found no room"


def _of_call(call: Call, asked: messages.Parted) -> Iterator[str]:
    """Say what was lost of one call."""
    if call.request.clipped or call.unseen:
        yield "its request is not whole here"
    elif asked.whole is False:
        yield "its request was not sent to its end"
    if call.answer.clipped:
        yield f"its answer has {call.answer.size} bytes with its head, of which {len(call.answer.data)} are here"
    if not call.ended:
        yield "it was not at its end when this was written"


def _authority(url: str) -> str:
    """Return host and port of a URL."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{parts.port or _PORTS.get(parts.scheme, 80)}"
