"""``GET /openapi.json``: the contract, written once when the app is made."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response

from sample_app.contract_kind import Endpoint
from sample_app.errors import FAILURES
from sample_app.ingress.host import CONTRACT as HOST
from sample_app.ingress.media import MEDIA_TYPE
from sample_app.ingress.request_ids import CONTRACT as REQUEST_ID
from sample_app.journal import current_trace

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/openapi.json",
        answers=(200,),
        input=("Nothing.",),
        guarantees=("The contract of every version, with the limits that this service was started with.",),
        stages=(REQUEST_ID, HOST, FAILURES),
    ),
)


def openapi_blueprint(document: Mapping[str, object]) -> Blueprint:
    """Build the route."""
    blueprint = Blueprint("openapi", __name__)
    text = json.dumps(document)

    @blueprint.get("/openapi.json")
    def contract() -> Response:
        """Return the contract."""
        current_trace().enter("answer")
        return Response(text, content_type=MEDIA_TYPE)

    return blueprint
