"""``GET /healthz``: the process answers. It touches neither the database nor the ledger: their trouble is not its."""

from __future__ import annotations

from flask import Blueprint, Response

from sample_app.documents.problem import Health
from sample_app.ingress.media import MEDIA_TYPE
from sample_app.journal import current_trace
from sample_app.parts import new_id


def health_blueprint() -> Blueprint:
    """Build the route."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """Say that the process lives."""
        current_trace(new_id).enter("answer")
        return Response(Health(status="ok").model_dump_json(), content_type=MEDIA_TYPE)

    return blueprint
