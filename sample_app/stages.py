"""The stages as one record of plain functions: what a request runs through, and where something else can be put.

The app calls stages only through this record. Tests and planted defects make another with ``dataclasses.replace``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from sample_app.ingress.strict_json import Parse, parser
from sample_app.ledger.client import Emit, emitter
from sample_app.records import Batch, Outcome
from sample_app.settings import Settings
from sample_app.store.claims import Begin, Complete, Release, beginner, completer, releaser
from sample_app.store.database import Database
from sample_app.transform import transform
from sample_app.validate import Validate, validator


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """One function a stage, in the order in which a POSTed batch meets them."""

    parse: Parse
    validate: Validate
    transform: Callable[[Batch], Outcome]
    begin: Begin
    emit: Emit
    complete: Complete
    release: Release


def standard_stages(settings: Settings, database: Database) -> Stages:
    """Build the stages as they are meant to be."""
    return Stages(
        parse=parser(settings.max_nesting),
        validate=validator(settings),
        transform=transform,
        begin=beginner(database, settings.lease, time.time),
        emit=emitter(settings),
        complete=completer(database),
        release=releaser(database),
    )


def new_id() -> str:
    """Make a fresh identifier, a random UUID (RFC 9562)."""
    return str(uuid4())
