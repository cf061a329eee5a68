"""Batches, of one version.

``POST /<version>/batches``: in, a whole UTF-8 JSON document within the limits of /openapi.json and one
Idempotency-Key. Out, 201 with the stored batch and its Location, once the ledger has confirmed its entry; a batch
without an accepted value emits none. Same key and same document: the same answer, with ``Idempotency-Replayed: true``.
Errors: 400, 413, 415, 422 store nothing; 409 while the first request runs; 502, 503, 504 may be retried with the same
key. Non-goals: no partial storage, no listing, no deletion.

``GET /<version>/batches/<id>``: the stored batch, exactly as the POST answered, or 404.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from sample_app.context import Context
from sample_app.editions import Edition
from sample_app.journal import current_trace
from sample_app.outbound.deadline import Deadline
from sample_app.pipeline import Pipeline, create_batch
from sample_app.problems import Problem


def batches_blueprint(edition: Edition, pipeline: Pipeline) -> Blueprint:
    """Build the routes of a version."""
    version, parts = edition.version, pipeline.parts
    blueprint = Blueprint(f"batches_{version}", __name__, url_prefix=f"/{version}/batches")

    @blueprint.post("")
    def post_batch() -> Response:
        """Take a batch."""
        environ = request.environ
        parts.media_type(environ)
        key = parts.key(environ)
        body = parts.body(environ)
        trace = current_trace()
        context = Context(
            request_id=trace.request_id,
            deadline=Deadline(pipeline.settings.deadline),
            traceparent=trace.traceparent,
        )
        return parts.created(edition, create_batch(pipeline, edition, body, key, context, trace))

    @blueprint.get("/<uuid:batch_id>")
    def get_batch(batch_id: UUID) -> Response:
        """Return a batch."""
        trace = current_trace()
        trace.enter("read")
        batch = parts.find(version, str(batch_id))
        if batch is None:
            raise Problem("not-found", "no batch has this id")
        trace.entity_id = batch.id
        trace.enter("answer")
        return parts.found(edition, batch)

    return blueprint
