"""What happens to every request, whatever its route: it gets an id, its Host is judged, and its end is logged."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request

from sample_app.ingress.host import check_host
from sample_app.ingress.request_ids import HEADER
from sample_app.journal import Trace, current_trace, log_request
from sample_app.parts import Parts, new_id


def register_request_hooks(app: Flask, journal: logging.Logger, parts: Parts) -> None:
    """Put the hooks on the app. Flask runs after-hooks last to first, so the log is registered first and runs last."""

    @app.after_request
    def close(response: Response) -> Response:
        """Return the id and write the terminal line."""
        trace = current_trace(new_id)
        response.headers[HEADER] = trace.request_id
        route = request.url_rule.rule if request.url_rule else None
        log_request(journal, trace, request.method, route, response.status_code)
        return response

    @app.before_request
    def open_() -> None:
        """Start the trace, then judge what every request must have."""
        g.trace = Trace(request_id=parts.request_id(request.environ))
        check_host(request.environ)
