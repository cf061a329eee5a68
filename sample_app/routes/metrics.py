"""``GET /metrics``: what was counted, in the text format of Prometheus. It touches nothing else."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from sample_app.journal import current_trace
from sample_app.metrics import Metrics


def metrics_blueprint(metrics: Metrics) -> Blueprint:
    """Build the route."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def tell() -> Response:
        """Tell the numbers."""
        current_trace().enter("answer")
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return blueprint
