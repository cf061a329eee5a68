"""The sample app as production serves it: with a recorder where CAPTURES names a directory."""

from __future__ import annotations

import os

from harness.middleware import Recorder, watched
from sample_app import create_app
from sample_app.outbound import deadline

app = create_app()
application = app.wsgi_app

if directory := os.environ.get("CAPTURES"):
    deadline.DeadlineConnection = watched(deadline.DeadlineConnection)
    application = Recorder(
        application,
        directory,
        dependencies={"ledger": os.environ["LEDGER_URL"], "reference": os.environ["REFERENCE_URL"]},
        skip=("/healthz", "/readyz", "/metrics"),
    )
    application.write_on_signal()
