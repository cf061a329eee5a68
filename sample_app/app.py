"""The composition root: settings in, a Flask application out. Nothing is opened here that a fork could break."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from flask import Flask

from sample_app.defects import apply_defect
from sample_app.errors import register_errors
from sample_app.journal import open_journal
from sample_app.pipeline import Pipeline
from sample_app.requests_in import register_request_hooks
from sample_app.routes.batches import batches_blueprint
from sample_app.routes.health import health_blueprint
from sample_app.routes.openapi import openapi_blueprint
from sample_app.settings import from_environment
from sample_app.stages import Stages, new_id, standard_stages
from sample_app.store.database import Database


def create_app(
    environ: Mapping[str, str] | None = None, *, stages: Stages | None = None, log: TextIO | None = None
) -> Flask:
    """Build the service from ``environ`` (os.environ when left out); see settings.VARIABLES for the names.

    ``stages`` and ``log`` are seams: other stage functions, and another place than standard output for the log.
    Raises SettingsError when the environment does not make sense.
    """
    settings = from_environment(os.environ if environ is None else environ)
    database = Database(settings.database_url, settings.storage_wait)
    chosen = apply_defect(settings, database, stages or standard_stages(settings, database))
    journal = open_journal(log)
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # one address, one resource: no redirect that a client replays as another request
    register_request_hooks(app, journal, new_id)
    register_errors(app, journal, new_id)
    pipeline = Pipeline(stages=chosen, new_id=new_id, journal=journal)
    app.register_blueprint(batches_blueprint(pipeline, settings, database))
    app.register_blueprint(health_blueprint())
    app.register_blueprint(openapi_blueprint(settings))
    return app
