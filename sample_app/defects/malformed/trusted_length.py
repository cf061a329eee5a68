"""The body is as long as what the server hands over; nobody compares that with what was announced.

Family: malformed-payload. Found by: MW22 (rejects-malformed).
In real life: a proxy in front cut uploads at 30 seconds and half-closed. The first records of an export are a
complete document of their own, so half an import was confirmed, and the sender deleted its copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.ingress.body import declared_length, read_step, too_large
from sample_app.parts import Environ, Parts
from sample_app.settings import Settings
from sample_app.store.database import Database


def reader(limit: int) -> Callable[[Environ], bytes]:
    """Build the reading of a body in a single call of the server's stream."""

    def read(environ: Environ) -> bytes:
        """Read the body, of at most ``limit`` bytes."""
        length = declared_length(environ)
        if length is not None and length > limit:
            raise too_large(limit)
        if length is None and not environ.get("wsgi.input_terminated"):
            return b""
        body = read_step(environ["wsgi.input"], limit + 1 if length is None else length)
        if len(body) > limit:
            raise too_large(limit)
        return body

    return read


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Read the body at once."""
    return replace(parts, body=reader(settings.max_body))


TRUSTED_LENGTH = Defect(
    name="trusted-length",
    family="malformed-payload",
    entry="MW22",
    check="rejects-malformed",
    combination=False,
    story="A proxy cut uploads at 30 seconds and half-closed. What had come was a complete document, so half an import "
    "was confirmed, and the sender deleted its copy.",
    install=install,
)
