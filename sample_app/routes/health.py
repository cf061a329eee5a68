"""Whether the process lives, and whether it should get requests.

``GET /healthz``: the process answers. It touches neither the database nor a dependency: their trouble is not its, and
a restart would not cure it.

``GET /readyz``: 200 when the database can be read, 503 otherwise, and in words what is wrong. A dependency in trouble
is told and does not make the process unready: all workers would leave the balancer at once, and with them the answers
that need no dependency.
"""

from __future__ import annotations

from flask import Blueprint, Response

from sample_app.contract_kind import Endpoint
from sample_app.documents.problem import Health, Readiness
from sample_app.errors import FAILURES
from sample_app.ingress.host import CONTRACT as HOST
from sample_app.ingress.media import MEDIA_TYPE
from sample_app.ingress.request_ids import CONTRACT as REQUEST_ID
from sample_app.journal import current_trace
from sample_app.parts import Parts
from sample_app.readiness import OK

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/healthz",
        answers=(200,),
        input=("Nothing.",),
        guarantees=("200 says that the process answers; neither the database nor a dependency is touched.",),
        stages=(REQUEST_ID, HOST, FAILURES),
        non_goals=("It says nothing about what the process needs: that is /readyz.",),
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        answers=(200, 503),
        input=("Nothing.",),
        guarantees=(
            "200 when the database can be read, 503 when not; both with a document that says what is wrong.",
            "A dependency in trouble is told and does not make the process unready.",
        ),
        stages=(REQUEST_ID, HOST, FAILURES),
        non_goals=("It calls no dependency: it tells what the last calls have shown.",),
    ),
)


def health_blueprint(parts: Parts) -> Blueprint:
    """Build the routes."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """Say that the process lives."""
        current_trace().enter("answer")
        return Response(Health(status="ok").model_dump_json(), content_type=MEDIA_TYPE)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """Say what stands in the way of requests."""
        trace = current_trace()
        trace.enter("look")
        storage = parts.storage()
        document = Readiness(
            status="ready" if storage == OK else "not-ready",
            checks={"database": storage, **{name: look() for name, look in parts.dependencies.items()}},
        )
        trace.enter("answer")
        status = 200 if storage == OK else 503
        return Response(document.model_dump_json(), status=status, content_type=MEDIA_TYPE)

    return blueprint
