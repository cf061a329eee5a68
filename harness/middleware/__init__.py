"""A WSGI middleware for production: the last requests, with their outgoing calls, on disk when something goes wrong.

    from harness.middleware import Recorder, watch
    app.wsgi_app = Recorder(app.wsgi_app, "/var/lib/app/captures")
    watch(session)

It is cheap to import and stands on the standard library alone, as it lives in other people's processes. What it writes
reads as :class:`harness.model.captures.Capture`. ``docs/recording-in-production.md`` has its bounds and its blind
spots.
"""

from harness.middleware.outgoing import watch, watched
from harness.middleware.recorder import Recorder
from harness.middleware.ring import Exchange

__all__ = ["Exchange", "Recorder", "watch", "watched"]
