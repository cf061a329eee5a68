"""A refusal is kept under its key like an answer, also one that tells of a broken line.

Family: malformed-payload. Found by: MC15 (accepts-legal; a cut message then the same key).
In real life: "the same key, the same answer" was read to hold for errors, too. A train went into a tunnel in the
middle of an upload; every retry of that booking, whole and valid, was told that its body had broken off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from flask import Flask, Response, request

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.problems import MEDIA_TYPE
from sample_app.settings import Settings
from sample_app.store.database import Database

MOST = 10_000  # refusals kept in one process
HEADER = "Idempotency-Key"


def with_replayed_refusals(app: Flask) -> None:
    """Answer a key that was refused as it was answered then: a caller sees one outcome for one key."""
    refusals: dict[str, tuple[int, bytes]] = {}

    @app.before_request
    def replay() -> Response | None:
        """Look the key up."""
        kept = refusals.get(request.headers.get(HEADER, ""))
        return None if kept is None else Response(kept[1], status=kept[0], content_type=MEDIA_TYPE)

    @app.after_request
    def keep(response: Response) -> Response:
        """Keep a refusal; what may be tried again (409) is none."""
        key = request.headers.get(HEADER)
        refused = 400 <= response.status_code < 500 and response.status_code != HTTPStatus.CONFLICT
        if key and refused and len(refusals) < MOST:
            refusals[key] = (response.status_code, response.get_data())
        return response


def extend_with(extend: Callable[[Flask], None]) -> Callable[[Flask], None]:
    """Add the replay of refusals to what the application has already."""

    def extend_and_replay(app: Flask) -> None:
        extend(app)
        with_replayed_refusals(app)

    return extend_and_replay


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Keep refusals."""
    return replace(parts, extend=extend_with(parts.extend))


REFUSALS_REPLAYED = Defect(
    name="refusals-replayed",
    family="malformed-payload",
    entry="MC15",
    check="accepts-legal",
    combination=True,
    story="'The same key, the same answer' was read to hold for errors, too. A train went into a tunnel during an "
    "upload; each whole, valid retry of that booking was told that its body had broken off.",
    install=install,
)
