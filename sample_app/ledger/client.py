"""Emitting an entry: ``POST {LEDGER_URL}/entries`` once, under the batch's own Idempotency-Key.

Contract. In: a stored batch with accepted values. Out: nothing; returning means that the ledger confirmed the entry.
Errors: LedgerFailure, by this table (what the caller is told is in problems.KINDS):

    late         504  the deadline passed, wherever the call was
    unavailable  503  no connection, refused, reset or closed without an answer; 429; any 5xx
    broken       502  an answer that is cut, malformed, too long, a redirect, another status, or not the document agreed

A failure never says that nothing happened there. The client retries with its own key, and the entry goes out again
under the same outgoing key. Non-goals: no retries inside a request, no redirects, no proxies from the environment.
One connection a call, closed after it: an answer that comes too late has no later call to be taken for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.client import HTTPException, RemoteDisconnected
from typing import Literal, TypeAlias

import requests

from sample_app.context import Context
from sample_app.ingress.strict_json import parser
from sample_app.outbound.deadline import Deadline, DeadlineAdapter
from sample_app.problems import Problem
from sample_app.records import StoredBatch
from sample_app.settings import Settings

FailureKind: TypeAlias = Literal["late", "unavailable", "broken"]
Emit = Callable[[StoredBatch, bytes, Context], None]

CONFIRMED = frozenset({200, 201})
TOO_MANY = 429
MAX_ANSWER = 64 * 1024  # bytes
MAX_ANSWER_NESTING = 32


class LedgerFailure(Exception):
    """The ledger did not confirm the entry; whether it took it is unknown."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind: FailureKind = kind
        self.detail = detail


def emitter(settings: Settings) -> Emit:
    """Build the emit stage."""

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        deadline = Deadline(settings.ledger_deadline)
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.mount("http://", DeadlineAdapter(deadline))
                with post_entry(session, settings, entry, headers_of(batch, context)) as response:
                    check_answer(response.status_code, read_answer(response))
        except (requests.RequestException, TimeoutError) as broken:
            raise failure_of(broken, deadline) from broken

    return emit


def post_entry(
    session: requests.Session, settings: Settings, entry: bytes, headers: dict[str, str]
) -> requests.Response:
    """Send the request; the body of the answer is left to be read."""
    return session.post(
        f"{settings.ledger_url}/entries",
        data=entry,
        headers=headers,
        timeout=settings.ledger_deadline,  # the socket's own deadline is the one that counts
        allow_redirects=False,
        stream=True,
    )


def headers_of(batch: StoredBatch, context: Context) -> dict[str, str]:
    """Name the event, and the request that caused it."""
    return {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "Idempotency-Key": batch.entry_key,
        "X-Request-Id": context.request_id,
    }


def read_answer(response: requests.Response) -> bytes:
    """Read the body, of at most MAX_ANSWER bytes."""
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(8192):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_ANSWER:
            raise LedgerFailure("broken", f"the answer has more than {MAX_ANSWER} bytes")
    return b"".join(pieces)


def check_answer(status: int, body: bytes) -> None:
    """Believe an answer only if its status and its document both say that the entry is there.

    An object that was cut is never valid JSON, so a cut answer cannot pass, not even one without a length, nor the
    empty 200 that http.client makes of an answer cut inside its header block.
    """
    if status >= 500 or status == TOO_MANY:
        raise LedgerFailure("unavailable", f"the ledger answered {status}")
    if status not in CONFIRMED:
        raise LedgerFailure("broken", f"the ledger answered {status}")
    try:
        document = parser(MAX_ANSWER_NESTING)(body)
    except Problem as wrong:
        raise LedgerFailure("broken", "the answer is not valid JSON") from wrong
    if not isinstance(document, dict) or not isinstance(document.get("id"), str) or not document["id"]:
        raise LedgerFailure("broken", "the answer does not name an entry")


def failure_of(broken: BaseException, deadline: Deadline) -> LedgerFailure:
    """Name a failure of the transport by the table above; the clock decides first."""
    if deadline.passed() or isinstance(broken, (requests.Timeout, TimeoutError)):
        return LedgerFailure("late", "the deadline passed")
    if isinstance(broken, requests.ConnectionError) and not any(map(is_malformed, chain(broken))):
        return LedgerFailure("unavailable", "no answer came")
    return LedgerFailure("broken", "the answer is cut or malformed")


def is_malformed(cause: BaseException) -> bool:
    """Tell an answer that is not HTTP from none at all; http.client files both under HTTPException."""
    return isinstance(cause, HTTPException) and not isinstance(cause, RemoteDisconnected)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """List an error and what caused it; urllib3 and requests wrap causes as arguments as well."""
    while error is not None:
        yield error
        inner = [part for part in error.args if isinstance(part, BaseException)]
        error = inner[0] if inner else error.__cause__ or error.__context__
