"""From exceptions to answers. Whatever is raised, the caller gets problem+json and never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from sample_app.contract_kind import Contract
from sample_app.journal import current_trace
from sample_app.outbound.failures import CallFailure, FailureKind
from sample_app.postconditions import PostconditionBroken
from sample_app.problems import RETRY_SOON, Problem, render, retry_in
from sample_app.store.database import StorageUnavailable

LEDGER_PROBLEMS: Mapping[FailureKind, str] = {
    "late": "ledger-late",
    "hurried": "ledger-late",
    "unavailable": "ledger-unavailable",
    "open": "ledger-unavailable",
    "full": "ledger-unavailable",
    "broken": "ledger-broken",
    "wrong": "ledger-broken",
}
RETRY_ADVICE = "retry with the same Idempotency-Key"

ROUTING = Contract(
    name="routing",
    input=("Any address and method.",),
    guarantees=("An address or a version that was never published is 404; a wrong method is 405 with Allow.",),
    errors=("not-found", "method-not-allowed"),
    non_goals=("No redirects: an address is written one way.",),
)
FAILURES = Contract(
    name="failures",
    input=("Whatever is raised, wherever.",),
    guarantees=(
        "Every error is problem+json (RFC 9457) with a stable type and the status of its status line.",
        "No answer has a stack trace or data of another request; the log has both, under the request's id.",
    ),
    errors=("request-invalid", "internal"),
)


def register_errors(app: Flask, journal: logging.Logger) -> None:
    """Register a handler for each kind of exception; the last one takes whatever nobody expected."""

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        return told(error)

    @app.errorhandler(CallFailure)
    def ledger(error: CallFailure) -> Response:  # the only dependency whose failure a caller is told
        headers = retry_in(error.retry_after)
        return told(Problem(LEDGER_PROBLEMS[error.kind], f"{error.detail}; {RETRY_ADVICE}", headers=headers))

    @app.errorhandler(StorageUnavailable)
    def storage(error: StorageUnavailable) -> Response:
        fields = {"request_id": current_trace().request_id, "detail": str(error)}
        journal.warning("storage-unavailable", extra={"fields": fields})
        return told(Problem("storage-unavailable", RETRY_ADVICE, headers=RETRY_SOON))

    @app.errorhandler(PostconditionBroken)
    def postcondition(error: PostconditionBroken) -> Response:
        fields = {"request_id": current_trace().request_id, "rule": str(error)}
        journal.error("alert", extra={"fields": fields})
        return told(Problem("postcondition", "nothing more was stored or sent"))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return told(from_http(error))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        fields = {"request_id": current_trace().request_id}
        journal.error("exception", exc_info=error, extra={"fields": fields})
        return told(Problem("internal", "the failure was logged under this request's id"))


def told(problem: Problem) -> Response:
    """Answer with a problem, and let the log and the metrics know which it was."""
    current_trace().problem = problem.slug
    return render(problem)


def from_http(error: HTTPException) -> Problem:
    """Translate what Flask's routing raises."""
    if isinstance(error, MethodNotAllowed):
        return Problem(
            "method-not-allowed", "see Allow", headers={"Allow": ", ".join(sorted(error.valid_methods or ()))}
        )
    if isinstance(error, NotFound):
        return Problem("not-found", "no resource has this address")
    if error.code is not None and error.code < 500:
        return Problem("request-invalid", "the request was refused before it reached its resource")
    return Problem("internal", "the service could not handle the request")
