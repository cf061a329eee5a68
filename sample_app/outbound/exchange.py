"""One HTTP exchange: a request out, one whole answer of bounded size back, all of it before a deadline.

Contract. In: a request to plain http. Out: a Reply with any status; no redirect is followed, no proxy of the
environment used, no compression asked for. Errors: CallFailure ``late``, ``unavailable`` or ``broken``.
What is left of the deadline goes along in X-Request-Timeout-Ms, so that nobody works for a caller that is gone.
One connection an exchange, closed after it: an answer that comes too late has no later request to be taken for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from typing import TypeVar

import requests
from pydantic import BaseModel, ValidationError

from sample_app.ingress.strict_json import parser
from sample_app.ingress.time_left import HEADER as TIME_LEFT
from sample_app.outbound.deadline import Deadline, DeadlineAdapter
from sample_app.outbound.failures import CallFailure
from sample_app.outbound.retry_after import read_retry_after
from sample_app.problems import Problem

Model = TypeVar("Model", bound=BaseModel)

TOO_MANY = 429
MAX_ANSWER = 64 * 1024  # bytes
MAX_ANSWER_NESTING = 32
LEAST_TIMEOUT = 0.001  # seconds; requests refuses zero with ValueError, and the socket knows the deadline all the same


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request to be sent. ``url`` goes out as it is written."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer that came whole; ``retry_after`` in seconds."""

    status: int
    body: bytes
    retry_after: float | None = None


def exchange(call: Call, deadline: Deadline) -> Reply:
    """Send a request and read the whole answer."""
    try:
        with closing(DeadlineAdapter(deadline)) as adapter, sent(adapter, call, deadline) as response:
            asked = read_retry_after(response.headers.get("Retry-After"), time.time)
            return Reply(status=response.status_code, body=read_body(response), retry_after=asked)
    except (requests.RequestException, TimeoutError) as broken:
        raise failure_of(broken, deadline) from broken


def sent(adapter: DeadlineAdapter, call: Call, deadline: Deadline) -> requests.Response:
    """Send a request and read the head of the answer.

    Danger: a Session, even when it follows no redirect, reads the whole body of one and works out where it leads; an
    endless body fills the memory then, and an address that is none raises ValueError. So the adapter is used alone.
    """
    return adapter.send(prepared(call, deadline), stream=True, timeout=max(deadline.left(), LEAST_TIMEOUT))


def prepared(call: Call, deadline: Deadline) -> requests.PreparedRequest:
    """Write the request; TimeoutError when there is not a millisecond left.

    Danger: requests turns ``%2E`` into ``.`` and drops ``..`` from a path, hence the address is put back as it was.
    """
    whole_milliseconds = int(deadline.remaining() * 1000)
    if not whole_milliseconds:
        raise TimeoutError("the deadline has passed")
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **call.headers}
    headers[TIME_LEFT] = str(whole_milliseconds)
    request = requests.Request(call.method, call.url, headers=headers, data=call.body).prepare()
    request.url = call.url
    return request


def read_body(response: requests.Response) -> bytes:
    """Read the body, of at most MAX_ANSWER bytes, counted as unpacked where it came compressed all the same."""
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(8192):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_ANSWER:
            raise CallFailure("broken", f"the answer has more than {MAX_ANSWER} bytes")
    return b"".join(pieces)


def check_status(reply: Reply, agreed: frozenset[int]) -> None:
    """Raise CallFailure unless the status is one of those agreed; a failing dependency may say when to come back."""
    if reply.status >= 500 or reply.status == TOO_MANY:
        raise CallFailure("unavailable", f"it answered {reply.status}", retry_after=reply.retry_after)
    if reply.status not in agreed:
        raise CallFailure("wrong", f"it answered {reply.status}")


def read_document(reply: Reply, model: type[Model]) -> Model:
    """Read the body as strict JSON that follows a model, or raise CallFailure ``broken``.

    An object that was cut is never valid JSON, so a cut answer cannot pass, not even one without a length, nor the
    empty 200 that http.client makes of an answer cut inside its header block.
    """
    try:
        return model.model_validate(parser(MAX_ANSWER_NESTING)(reply.body))
    except Problem as wrong:
        raise CallFailure("broken", "the answer is not valid JSON") from wrong
    except ValidationError as wrong:
        raise CallFailure("broken", "the answer is not the document agreed") from wrong


def failure_of(broken: BaseException, deadline: Deadline) -> CallFailure:
    """Name a failure of the transport by the table of failures; the clock decides first."""
    if deadline.passed() or isinstance(broken, (requests.Timeout, TimeoutError)):
        return CallFailure("late", "the deadline passed")
    if isinstance(broken, requests.ConnectionError) and not any(map(is_malformed, chain(broken))):
        return CallFailure("unavailable", "no answer came")
    return CallFailure("broken", "the answer is cut or malformed")


def is_malformed(cause: BaseException) -> bool:
    """Tell an answer that is not HTTP from none at all; http.client files both under HTTPException."""
    return isinstance(cause, HTTPException) and not isinstance(cause, RemoteDisconnected)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """List an error and what caused it; urllib3 and requests wrap causes as arguments as well."""
    while error is not None:
        yield error
        inner = [part for part in error.args if isinstance(part, BaseException)]
        error = inner[0] if inner else error.__cause__ or error.__context__
