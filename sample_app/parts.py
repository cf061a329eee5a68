"""Every function that a request runs through, as one record: the places where something else can be put.

The app calls its rooms only through this record. Tests and planted defects make another with ``dataclasses.replace``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from flask import Flask, Response

from sample_app import postconditions
from sample_app.editions import Edition, editions
from sample_app.fingerprints import fingerprint
from sample_app.ingress.body import read_body
from sample_app.ingress.keys import read_key
from sample_app.ingress.media import check_media_type
from sample_app.ingress.request_ids import request_id
from sample_app.ingress.strict_json import Parse, parser
from sample_app.ingress.time_left import read_time_left
from sample_app.ledger.client import Emit, emitter, ledger_line
from sample_app.outbound.calls import Observe, World, unseen
from sample_app.readiness import Look, line_look, storage_look
from sample_app.records import Answer, Batch, JsonValue, Outcome, StoredBatch, Version
from sample_app.reference.client import LookUp, looker, reference_line
from sample_app.routes.answers import created, found
from sample_app.settings import Settings
from sample_app.store.batches import Find, finder
from sample_app.store.claims import Begin, Complete, Enrich, Release, Terms, beginner, completer, enricher, releaser
from sample_app.store.database import Database
from sample_app.versions import VersionHeaders, version_headers

Environ = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """One function a step, in the order in which a POSTed batch meets them; then those of a read."""

    request_id: Callable[[Environ], str]
    media_type: Callable[[Environ], None]
    key: Callable[[Environ], str]
    time_left: Callable[[Environ], float | None]
    body: Callable[[Environ], bytes]
    parse: Parse
    editions: Mapping[Version, Edition]
    check_outcome: Callable[[Batch, Outcome], None]
    new_batch: Callable[[Batch, Outcome], StoredBatch]
    check_kept: Callable[[Batch, Outcome, StoredBatch], None]
    fingerprint: Callable[[JsonValue], str]
    begin: Begin
    check_look_up: Callable[[StoredBatch], None]
    look_up: LookUp
    enrich: Enrich
    check_entry: Callable[[StoredBatch], None]
    emit: Emit
    complete: Complete
    release: Release
    created: Callable[[Edition, Answer], Response]
    find: Find
    found: Callable[[Edition, StoredBatch], Response]
    version_headers: VersionHeaders  # what every answer under an address says of its version
    storage: Look  # the state of the database, for /readyz
    dependencies: Mapping[str, Look]  # the state of each dependency, as the last calls showed it
    extend: Callable[[Flask], None]  # the last word on the application, once all else is in place


def standard_parts(settings: Settings, database: Database, observe: Observe = unseen) -> Parts:
    """Build the parts as they are meant to be; ``observe`` is told of every call to a dependency."""
    world = World(observe=observe)
    ledger, reference = ledger_line(settings, world), reference_line(settings, world)
    terms = Terms(lease=settings.lease, key_ttl=settings.key_ttl, now=time.time)
    return Parts(
        request_id=partial(request_id, new_id=new_id),
        media_type=check_media_type,
        key=read_key,
        time_left=read_time_left,
        body=partial(read_body, limit=settings.max_body),
        parse=parser(settings.max_nesting),
        editions=editions(settings),
        check_outcome=postconditions.check_outcome,
        new_batch=new_batch,
        check_kept=postconditions.check_kept,
        fingerprint=fingerprint,
        begin=beginner(database, terms),
        check_look_up=postconditions.check_look_up,
        look_up=looker(settings, reference),
        enrich=enricher(database),
        check_entry=postconditions.check_entry,
        emit=emitter(settings, ledger),
        complete=completer(database, terms),
        release=releaser(database),
        created=created,
        find=finder(database),
        found=found,
        version_headers=version_headers,
        storage=storage_look(database),
        dependencies={"ledger": line_look(ledger), "reference": line_look(reference)},
        extend=as_it_is,
    )


def new_id() -> str:
    """Make a fresh identifier, a random UUID (RFC 9562)."""
    return str(uuid4())


def new_batch(batch: Batch, outcome: Outcome) -> StoredBatch:
    """Give a batch its identity, and the key under which its entry will be emitted whenever it is."""
    batch_id = new_id()
    return StoredBatch(
        id=batch_id,
        version=batch.version,
        entry_key=f"batch-{batch_id}",
        source=batch.source,
        received=len(batch.items),
        accepted=outcome.accepted,
        rejected=outcome.rejected,
    )


def with_edition(parts: Parts, version: Version, **changes: Any) -> Parts:
    """Return the parts with one version changed; ``changes`` are fields of Edition."""
    changed = replace(parts.editions[version], **changes)
    return replace(parts, editions={**parts.editions, version: changed})


def as_it_is(_app: Flask) -> None:
    """Add nothing to the application."""
