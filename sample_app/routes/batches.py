"""Batches, of one version: taken once for each Idempotency-Key, and read as they were answered."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from sample_app.context import Context, remember
from sample_app.contract_kind import Endpoint
from sample_app.documents.validation import CONTRACT as VALIDATE
from sample_app.editions import Edition
from sample_app.errors import FAILURES
from sample_app.ingress.body import CONTRACT as BODY
from sample_app.ingress.host import CONTRACT as HOST
from sample_app.ingress.keys import CONTRACT as KEY
from sample_app.ingress.media import CONTRACT as MEDIA
from sample_app.ingress.request_ids import CONTRACT as REQUEST_ID
from sample_app.ingress.strict_json import CONTRACT as PARSE
from sample_app.ingress.time_left import CONTRACT as TIME_LEFT
from sample_app.journal import current_trace
from sample_app.ledger import CONTRACT as EMIT
from sample_app.outbound.deadline import Deadline
from sample_app.pipeline import Pipeline, create_batch
from sample_app.postconditions import CONTRACT as POSTCONDITIONS
from sample_app.problems import Problem
from sample_app.reference import CONTRACT as LOOK_UP
from sample_app.rules.v1 import CONTRACT as RULES_V1
from sample_app.rules.v2 import CONTRACT as RULES_V2
from sample_app.store.batches import CONTRACT as STORED
from sample_app.store.claims import CONTRACT as CLAIM
from sample_app.versions import CONTRACT as VERSION

TAKEN = (
    "201 with the stored batch and its Location means: it is kept, and the ledger has confirmed its one entry.",
    "A batch without an accepted value is kept and has no entry.",
    "The same key with the same document gets the same status and body, marked Idempotency-Replayed: true.",
    "400, 413, 415 and 422 have stored nothing and sent nothing; a key that was free is still free.",
    "409, 502, 503 and 504 are finished by the same request with the same key: it resumes, it never starts anew.",
)
NOT_TAKEN = ("No partial storage, no change, no deletion.",)
READ = ("200 with the bytes with which the POST was answered.", "A batch of another version does not exist here.")
NOT_READ = ("No listing: a batch is found by its id.", "An unfinished batch is 404, as one that never was.")

DOOR = (REQUEST_ID, HOST)
INGRESS = (*DOOR, MEDIA, KEY, TIME_LEFT, BODY, PARSE, VALIDATE)
READ_STAGES = (*DOOR, STORED, FAILURES)

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/batches",
        answers=(201,),
        input=("One Idempotency-Key, and a document BatchRequest within the limits of /openapi.json.",),
        guarantees=TAKEN,
        stages=(VERSION, *INGRESS, RULES_V1, POSTCONDITIONS, CLAIM, EMIT, FAILURES),
        non_goals=NOT_TAKEN,
    ),
    Endpoint(
        method="GET",
        path="/v1/batches/{id}",
        answers=(200,),
        input=("The id of a batch of v1.",),
        guarantees=READ,
        stages=(VERSION, *READ_STAGES),
        errors=("not-found",),
        non_goals=NOT_READ,
    ),
    Endpoint(
        method="POST",
        path="/v2/batches",
        answers=(201,),
        input=(
            "One Idempotency-Key, and a document BatchRequestV2 within the limits of /openapi.json.",
            "The ids of the items differ from each other; a repeated one is 422 with its place.",
        ),
        guarantees=(
            *TAKEN,
            "One result for each item, in the order sent; totals that add up.",
            "A reference service that is late or gone costs the title and nothing else, and the answer says so.",
        ),
        stages=(VERSION, *INGRESS, RULES_V2, POSTCONDITIONS, CLAIM, LOOK_UP, EMIT, FAILURES),
        non_goals=(*NOT_TAKEN, "A title is not refreshed: a batch keeps the one it was answered with."),
    ),
    Endpoint(
        method="GET",
        path="/v2/batches/{id}",
        answers=(200,),
        input=("The id of a batch of v2.",),
        guarantees=READ,
        stages=(VERSION, *READ_STAGES),
        errors=("not-found",),
        non_goals=NOT_READ,
    ),
)


def batches_blueprint(edition: Edition, pipeline: Pipeline) -> Blueprint:
    """Build the routes of a version."""
    version, parts = edition.version, pipeline.parts
    blueprint = Blueprint(f"batches_{version}", __name__, url_prefix=f"/{version}/batches")

    @blueprint.post("")
    def post_batch() -> Response:
        """Take a batch."""
        environ = request.environ
        parts.media_type(environ)
        key = parts.key(environ)
        given = parts.time_left(environ)
        body = parts.body(environ)
        trace = current_trace()
        own = pipeline.settings.deadline
        seconds = own if given is None else min(own, given - trace.took())  # a slow upload is its caller's own time
        context = Context(request_id=trace.request_id, deadline=Deadline(seconds), traceparent=trace.traceparent)
        remember(context)
        return parts.created(edition, create_batch(pipeline, edition, body, key, context, trace))

    @blueprint.get("/<uuid:batch_id>")
    def get_batch(batch_id: UUID) -> Response:
        """Return a batch."""
        trace = current_trace()
        trace.enter("read")
        batch = parts.find(version, str(batch_id))
        if batch is None:
            raise Problem("not-found", "no batch has this id")
        trace.entity_id = batch.id
        trace.enter("answer")
        return parts.found(edition, batch)

    return blueprint
