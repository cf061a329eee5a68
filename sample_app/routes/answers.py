"""The successful answers: a batch that was created, now or before, and a batch that was found."""

from __future__ import annotations

from flask import Response

from sample_app.editions import Edition
from sample_app.ingress.media import MEDIA_TYPE
from sample_app.records import Answer, StoredBatch


def created(edition: Edition, answer: Answer) -> Response:
    """Write the answer to a POST."""
    response = Response(answer.body, status=answer.status, content_type=MEDIA_TYPE)
    response.headers["Location"] = f"/{edition.version}/batches/{answer.batch_id}"
    if answer.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def found(edition: Edition, batch: StoredBatch) -> Response:
    """Write the answer to a GET."""
    return Response(edition.answer(batch), content_type=MEDIA_TYPE)
