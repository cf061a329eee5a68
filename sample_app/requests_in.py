"""What happens to every request, whatever its route: it gets an id, its Host judged, its end logged and counted."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request

from sample_app.ingress.host import check_host
from sample_app.ingress.request_ids import HEADER
from sample_app.ingress.traceparent import traceparent
from sample_app.journal import Trace, current_trace, log_request
from sample_app.metrics import Metrics
from sample_app.parts import Parts


def register_request_hooks(app: Flask, journal: logging.Logger, parts: Parts, metrics: Metrics) -> None:
    """Put the hooks on the app. Flask runs after-hooks last to first, so the log is registered first and runs last."""

    @app.after_request
    def close(response: Response) -> Response:
        """Return the id, count the request and write its terminal line."""
        trace = current_trace()
        response.headers[HEADER] = trace.request_id
        route = request.url_rule.rule if request.url_rule else None
        metrics.request(trace, route, response.status_code)
        log_request(trace, request.method, route, response.status_code)
        return response

    @app.before_request
    def open_() -> None:
        """Start the trace, then judge what every request must have."""
        environ = request.environ
        g.trace = Trace(request_id=parts.request_id(environ), journal=journal, traceparent=traceparent(environ))
        check_host(environ)
