"""Batches.

``POST /v1/batches``: in, a whole UTF-8 JSON document ``{source, values}`` within the limits of /openapi.json and one
Idempotency-Key. Out, 201 with the stored batch and its Location, once the ledger has confirmed its entry; a batch
without an accepted value emits none. Same key and same document: the same answer, with ``Idempotency-Replayed: true``.
Errors: 400, 413, 415, 422 store nothing; 409 while the first request runs; 502, 503, 504 may be retried with the same
key. Non-goals: no partial storage, no listing, no deletion; keys are kept for ever in this version.

``GET /v1/batches/<id>``: the stored batch, exactly as the POST answered, or 404.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from sample_app.ingress.body import read_body
from sample_app.ingress.keys import read_key
from sample_app.ingress.media import MEDIA_TYPE, check_media_type
from sample_app.journal import current_trace
from sample_app.pipeline import Pipeline, create_batch
from sample_app.problems import Problem
from sample_app.records import Answer
from sample_app.schemas import answer_text
from sample_app.settings import Settings
from sample_app.store.batches import find_finished
from sample_app.store.database import Database


def batches_blueprint(pipeline: Pipeline, settings: Settings, database: Database) -> Blueprint:
    """Build the routes."""
    blueprint = Blueprint("batches", __name__, url_prefix="/v1/batches")

    @blueprint.post("")
    def post_batch() -> Response:
        """Take a batch."""
        environ = request.environ
        check_media_type(environ)
        key = read_key(environ)
        body = read_body(environ, settings.max_body)
        return created(create_batch(pipeline, body, key, current_trace(pipeline.new_id)))

    @blueprint.get("/<uuid:batch_id>")
    def get_batch(batch_id: UUID) -> Response:
        """Return a batch."""
        trace = current_trace(pipeline.new_id)
        trace.stage = "read"
        batch = find_finished(database, str(batch_id))
        if batch is None:
            raise Problem("not-found", "no batch has this id")
        trace.entity_id, trace.stage = batch.id, "answer"
        return Response(answer_text(batch), content_type=MEDIA_TYPE)

    return blueprint


def created(answer: Answer) -> Response:
    """Write the answer to a POST."""
    response = Response(answer.body, status=answer.status, content_type=MEDIA_TYPE)
    response.headers["Location"] = f"/v1/batches/{answer.batch_id}"
    if answer.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
