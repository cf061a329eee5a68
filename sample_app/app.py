"""The composition root: settings in, a Flask application out. Nothing is opened here that a fork could break."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TextIO

from flask import Flask

from sample_app.context import seconds_left
from sample_app.defects import chosen_defect
from sample_app.errors import register_errors
from sample_app.journal import open_journal
from sample_app.metrics import open_metrics
from sample_app.openapi import openapi
from sample_app.parts import Parts, standard_parts
from sample_app.pipeline import Pipeline
from sample_app.requests_in import register_request_hooks
from sample_app.routes.batches import batches_blueprint
from sample_app.routes.health import health_blueprint
from sample_app.routes.metrics import metrics_blueprint
from sample_app.routes.openapi import openapi_blueprint
from sample_app.settings import from_environment
from sample_app.store.database import Database
from sample_app.versions import register_versions


def create_app(
    environ: Mapping[str, str] | None = None,
    *,
    change: Callable[[Parts], Parts] | None = None,
    log: TextIO | None = None,
) -> Flask:
    """Build the service from ``environ`` (os.environ when left out); see settings.VARIABLES for the names.

    ``change`` and ``log`` are seams: other parts, and another place than standard output for the log.
    Raises SettingsError when the environment does not make sense.
    """
    settings = from_environment(os.environ if environ is None else environ)
    defect = chosen_defect(settings)
    settings = defect.configure(settings)
    database = Database(settings.database_url, settings.storage_wait, seconds_left)
    metrics = open_metrics()
    parts = defect.install(standard_parts(settings, database, metrics.call), settings, database)
    parts = change(parts) if change else parts
    journal = open_journal(settings.log_level, log)
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # the contract knows no OPTIONS: 405 like every other method
    app.url_map.merge_slashes = False  # one address, one resource: no redirect that a client replays as another request
    register_request_hooks(app, journal, parts, metrics)
    register_versions(app, parts.version_headers)
    register_errors(app, journal)
    pipeline = Pipeline(parts=parts, settings=settings, journal=journal)
    for edition in parts.editions.values():
        app.register_blueprint(batches_blueprint(edition, pipeline))
    app.register_blueprint(health_blueprint(parts))
    app.register_blueprint(metrics_blueprint(metrics))
    app.register_blueprint(openapi_blueprint(openapi(settings)))
    parts.extend(app)
    return app
