"""``GET /openapi.json``: the contract, written once when the app is made."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from sample_app.ingress.media import MEDIA_TYPE
from sample_app.journal import current_trace
from sample_app.openapi import openapi
from sample_app.settings import Settings


def openapi_blueprint(settings: Settings) -> Blueprint:
    """Build the route."""
    blueprint = Blueprint("openapi", __name__)
    text = json.dumps(openapi(settings))

    @blueprint.get("/openapi.json")
    def contract() -> Response:
        """Return the contract."""
        current_trace().enter("answer")
        return Response(text, content_type=MEDIA_TYPE)

    return blueprint
