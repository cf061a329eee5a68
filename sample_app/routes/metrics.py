"""``GET /metrics``: what was counted, in the text format of Prometheus. It touches nothing else."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from sample_app.contract_kind import Endpoint
from sample_app.errors import FAILURES
from sample_app.ingress.host import CONTRACT as HOST
from sample_app.ingress.request_ids import CONTRACT as REQUEST_ID
from sample_app.journal import current_trace
from sample_app.metrics import Metrics

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/metrics",
        answers=(200,),
        input=("Nothing.",),
        guarantees=("What all workers together have counted, in the text format of Prometheus.",),
        stages=(REQUEST_ID, HOST, FAILURES),
    ),
)


def metrics_blueprint(metrics: Metrics) -> Blueprint:
    """Build the route."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def tell() -> Response:
        """Tell the numbers."""
        current_trace().enter("answer")
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return blueprint
