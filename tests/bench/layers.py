"""What the layered defences of the sample app cost: the same app with one of them off, and with all of them off.

No network is in the way: the ledger confirms at once, through the seam of the emit stage. The database is a file.
What is measured is CPU of one process, request by request, a fresh key each.
"""

from __future__ import annotations

import io
import itertools
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from sample_app import create_app
from sample_app.parts import Parts, standard_parts, with_edition
from sample_app.records import Answer, Batch, Claim, Item, Started, Version
from sample_app.settings import Settings
from sample_app.store.batches import add_batch, finish_batch
from sample_app.store.database import Database
from tests.bench.pairs import Act, cost, ratio, rounds
from tests.prove.rows import Row

Change = Callable[[Parts], Parts]
BODY = json.dumps({"source": "crm", "values": [" alpha ", "", "beta"]}).encode()
LARGE = json.dumps({"source": "crm", "values": [f" value {index} " for index in range(1000)]}).encode()
ROUNDS, REQUESTS = 15, 60


def no_ingress(parts: Parts) -> Parts:
    """Believe the headers, and the server about the body."""
    return replace(
        parts,
        media_type=lambda environ: None,
        key=lambda environ: str(environ["HTTP_IDEMPOTENCY_KEY"]),
        body=lambda environ: bytes(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))),
    )


def no_strict_json(parts: Parts) -> Parts:
    """Read JSON as Python does."""
    return replace(parts, parse=json.loads)


def no_validation(parts: Parts) -> Parts:
    """Take the fields as they come."""
    return with_edition(parts, "v1", validate=believed)


def believed(document: Any) -> Batch:
    """Make a batch of a document that nobody checked."""
    items = tuple(Item(index=index, value=value) for index, value in enumerate(document["values"]))
    return Batch(version="v1", source=document["source"], items=items)


def no_postconditions(parts: Parts) -> Parts:
    """Trust the rules."""
    return replace(parts, check_outcome=lambda batch, outcome: None, check_entry=lambda batch: None)


def no_idempotency(database: Database, parts: Parts) -> Parts:
    """Keep the batch, and no key."""

    def begin(claim: Claim) -> Started:
        database.write(lambda connection: add_batch(connection, claim.batch))
        return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)

    def complete(started: Started, _answer: Answer) -> None:
        database.write(lambda connection: finish_batch(connection, started.batch.id))

    return replace(parts, fingerprint=lambda document: "", begin=begin, complete=complete)


def confirmed(parts: Parts) -> Parts:
    """Put a ledger in place that confirms at once, without a call."""
    return replace(parts, emit=lambda batch, entry, context: None)


def defences(database: Database) -> Mapping[str, Change]:
    """Name each defence by what takes it away."""
    return {
        "ingress": no_ingress,
        "strict JSON": no_strict_json,
        "validation": no_validation,
        "post-conditions": no_postconditions,
        "idempotency": partial(no_idempotency, database),
    }


def measured() -> list[Row]:
    """Measure a request, then the pipeline without HTTP and storage."""
    with tempfile.TemporaryDirectory() as home:
        return [*request_rows(Path(home)), *pipeline_rows()]


def request_rows(home: Path) -> list[Row]:
    """Measure a POST through the app: all defences, one off at a time, all off."""
    settings = Settings(database_url=f"sqlite:///{home}/bench.db")
    off = defences(Database(settings.database_url, settings.storage_wait))
    changes: dict[str, Change] = {"all": confirmed}
    changes |= {name: partial(both, confirmed, change) for name, change in off.items()}
    changes["none"] = partial(chain, (confirmed, *off.values()))
    environ = {"DATABASE_URL": settings.database_url, "SAMPLE_APP_LOG_LEVEL": "error"}
    acts = {name: posting(create_app(environ, change=change)) for name, change in changes.items()}
    seconds = rounds(acts, each=REQUESTS, count=ROUNDS)
    return [
        cost("a request with all defences", seconds["all"]),
        cost("a request with all defences off", seconds["none"]),
        ratio("all defences against none", seconds["all"], seconds["none"]),
        *(ratio(f"with {name} against without", seconds["all"], seconds[name]) for name in off),
    ]


def both(first: Change, second: Change, parts: Parts) -> Parts:
    """Apply two changes."""
    return second(first(parts))


def chain(changes: tuple[Change, ...], parts: Parts) -> Parts:
    """Apply all changes in turn."""
    for change in changes:
        parts = change(parts)
    return parts


def posting(app: Flask) -> Act:
    """Make the act of POSTing fresh batches, straight through WSGI."""
    numbers = itertools.count()

    def act(times: int) -> None:
        for _ in range(times):
            statuses: list[str] = []
            answer = app.wsgi_app(environ_of(f"k-{id(app)}-{next(numbers)}"), partial(note, statuses))
            b"".join(answer)
            if statuses != ["201 CREATED"]:
                raise AssertionError(statuses)

    return act


def note(statuses: list[str], status: str, _headers: object, _exc_info: object = None, /) -> Callable[[bytes], object]:
    """Take the status, as a WSGI server would (PEP 3333); the old way of writing is not used."""
    statuses.append(status)
    return io.BytesIO().write


def environ_of(key: str) -> dict[str, Any]:
    """Describe the request as a WSGI server would (PEP 3333)."""
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/v1/batches",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(BODY)),
        "HTTP_IDEMPOTENCY_KEY": key,
        "wsgi.input": io.BytesIO(BODY),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def pipeline_rows() -> list[Row]:
    """Measure parse, validate, transform and the post-conditions, for three values and for a thousand."""
    settings = Settings()
    strict = standard_parts(settings, Database(settings.database_url, settings.storage_wait))
    plain = chain((no_strict_json, no_validation, no_postconditions), strict)
    rows: list[Row] = []
    for label, body, each in (("3 values", BODY, 300), ("1,000 values", LARGE, 15)):
        acts = {"strict": processing(strict, body), "plain": processing(plain, body)}
        seconds = rounds(acts, each=each, count=ROUNDS)
        rows.append(cost(f"the pure stages, {label}", seconds["strict"]))
        rows.append(ratio(f"the pure stages against plain ones, {label}", seconds["strict"], seconds["plain"]))
    return rows


def processing(parts: Parts, body: bytes, version: Version = "v1") -> Act:
    """Make the act of taking a body through the pure stages."""
    edition = parts.editions[version]

    def act(times: int) -> None:
        for _ in range(times):
            batch = edition.validate(parts.parse(body))
            parts.check_outcome(batch, edition.transform(batch))

    return act
