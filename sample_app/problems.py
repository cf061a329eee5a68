"""Every error that a caller can meet, as problem+json (RFC 9457).

One table gives each its stable type, its status and its title. Bodies carry no identifiers and no times, so the same
mistake is answered with the same bytes; the request's id is in the header X-Request-Id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from flask import Response

from sample_app.documents.problem import FieldError, ProblemDocument

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "tag:sample-app.example,2026:problems/"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """The part of a problem that never changes."""

    status: int
    title: str


KINDS: Mapping[str, ProblemKind] = {
    "request-invalid": ProblemKind(400, "The request cannot be read"),
    "host-invalid": ProblemKind(400, "The Host header is missing, doubled or not a host"),
    "body-incomplete": ProblemKind(400, "The body did not arrive whole"),
    "body-length-invalid": ProblemKind(400, "The length of the body is not stated in a valid way"),
    "encoding-invalid": ProblemKind(400, "The body is not UTF-8 without a byte order mark"),
    "json-invalid": ProblemKind(400, "The body is not valid JSON"),
    "json-too-deep": ProblemKind(400, "The JSON is nested too deeply"),
    "json-ambiguous": ProblemKind(400, "The JSON is valid but means different things to different readers"),
    "idempotency-key-missing": ProblemKind(400, "The Idempotency-Key header is missing"),
    "idempotency-key-invalid": ProblemKind(400, "The Idempotency-Key header is not one valid key"),
    "deadline-invalid": ProblemKind(400, "The X-Request-Timeout-Ms header is not a number of milliseconds"),
    "not-found": ProblemKind(404, "There is nothing here"),
    "method-not-allowed": ProblemKind(405, "The method is not allowed here"),
    "in-flight": ProblemKind(409, "A request with this Idempotency-Key is being handled now"),
    "body-too-large": ProblemKind(413, "The body is too large"),
    "media-type-unsupported": ProblemKind(415, "The body is not application/json in UTF-8"),
    "validation": ProblemKind(422, "The document does not follow the contract"),
    "idempotency-key-reused": ProblemKind(422, "The Idempotency-Key was used for another request"),
    "internal": ProblemKind(500, "The service failed"),
    "postcondition": ProblemKind(500, "The service stopped before it stored or sent a wrong result"),
    "ledger-broken": ProblemKind(502, "The ledger gave an answer that cannot be used"),
    "ledger-unavailable": ProblemKind(503, "The ledger cannot be reached"),
    "storage-unavailable": ProblemKind(503, "The storage is busy or gone"),
    "ledger-late": ProblemKind(504, "The ledger did not answer in time"),
    "deadline-exceeded": ProblemKind(504, "The time that the caller or the service allows has passed"),
}

RETRY_SOON = {"Retry-After": "1"}  # seconds


def retry_in(seconds: float | None) -> dict[str, str]:
    """Write Retry-After in whole seconds, rounded up; a second where nobody asked for a time."""
    return {"Retry-After": str(max(1, ceil(seconds or 0)))}


class Problem(Exception):
    """An error to answer with. ``slug`` is a row of KINDS; ``detail`` says what was wrong with this request."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


def render(problem: Problem) -> Response:
    """Make the answer; its status line and its ``status`` member come from the same row."""
    kind = KINDS[problem.slug]
    document = ProblemDocument(
        type=TYPE_PREFIX + problem.slug,
        title=kind.title,
        status=kind.status,
        detail=problem.detail,
        errors=list(problem.errors) or None,
    )
    response = Response(document.model_dump_json(exclude_none=True), status=kind.status, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response
