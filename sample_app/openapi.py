"""The contract as OpenAPI 3.1, generated from the models that validate and the table of problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.config import JsonDict
from pydantic.json_schema import models_json_schema

from sample_app.documents import v1, v2
from sample_app.documents.problem import Health, ProblemDocument, Readiness
from sample_app.ingress.keys import MAX_LENGTH, PATTERN
from sample_app.ingress.media import MEDIA_TYPE
from sample_app.problems import KINDS
from sample_app.problems import MEDIA_TYPE as PROBLEM_TYPE
from sample_app.settings import Settings

POST_ERRORS = (400, 409, 413, 415, 422, 500, 502, 503, 504)
GET_ERRORS = (400, 404, 500, 503)
PLAIN_ERRORS = (400, 500)
RETRY_STATUSES = frozenset({409, 502, 503, 504})

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchVersion:
    """What differs from version to version: the models, their examples, and what its operation ids end with."""

    name: str
    suffix: str
    request: Callable[[Settings], type[BaseModel]]
    answer: type[BaseModel]
    example_request: JsonDict
    example_answer: JsonDict


V1 = BatchVersion(
    name="v1",
    suffix="",
    request=v1.batch_request,
    answer=v1.BatchAnswer,
    example_request=v1.EXAMPLE_REQUEST,
    example_answer=v1.EXAMPLE_ANSWER,
)
V2 = BatchVersion(
    name="v2",
    suffix="V2",
    request=v2.batch_request,
    answer=v2.BatchAnswerV2,
    example_request=v2.EXAMPLE_REQUEST,
    example_answer=v2.EXAMPLE_ANSWER,
)


def openapi(settings: Settings) -> Json:
    """Write the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sample batches", "version": "1", "description": "Raw values in, clean batches out."},
        "paths": {
            **batch_paths(V1, settings),
            **batch_paths(V2, settings),
            "/healthz": {"get": plain_operation("getHealth", "Liveness; touches nothing", reference("Health"))},
            "/readyz": {"get": ready_operation()},
            "/metrics": {"get": metrics_operation()},
            "/openapi.json": {"get": plain_operation("getContract", "This document", {"type": "object"})},
        },
        "components": {"schemas": component_schemas(settings)},
    }


def component_schemas(settings: Settings) -> Json:
    """Generate the schemas of all models."""
    inputs = [version.request(settings) for version in (V1, V2)]
    outputs = [v1.BatchAnswer, v2.BatchAnswerV2, Health, Readiness, ProblemDocument]
    modes = [*((model, "validation") for model in inputs), *((model, "serialization") for model in outputs)]
    _, schemas = models_json_schema(modes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    definitions: Json = schemas["$defs"]
    return definitions


def batch_paths(version: BatchVersion, settings: Settings) -> Json:
    """Describe the addresses of a version."""
    return {
        f"/{version.name}/batches": {"post": post_operation(version, settings)},
        f"/{version.name}/batches/{{id}}": {"get": get_operation(version)},
    }


def post_operation(version: BatchVersion, settings: Settings) -> Json:
    """Describe POST /<version>/batches."""
    request = reference(version.request(settings).__name__)
    body = {"schema": request, "examples": {"mixed": {"value": version.example_request}}}
    answer = reference(version.answer.__name__)
    created = success("The stored batch, new or replayed", answer, version.example_answer)
    created["headers"] = {
        "Location": text_header("Where the batch can be read"),
        "Idempotency-Replayed": {"description": "On a replay", "schema": {"type": "string", "enum": ["true"]}},
        **request_id_header(),
    }
    created["links"] = {
        "batch": {"operationId": f"getBatch{version.suffix}", "parameters": {"id": "$response.body#/id"}}
    }
    return {
        "operationId": f"createBatch{version.suffix}",
        "summary": "Take a batch, once for each Idempotency-Key",
        "parameters": [key_parameter(), request_id_parameter()],
        "requestBody": {"required": True, "content": {MEDIA_TYPE: body}, "x-max-body-bytes": settings.max_body},
        "responses": {"201": created, **errors(POST_ERRORS)},
    }


def get_operation(version: BatchVersion) -> Json:
    """Describe GET /<version>/batches/{id}."""
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    found = success("The stored batch", reference(version.answer.__name__), version.example_answer)
    return {
        "operationId": f"getBatch{version.suffix}",
        "summary": "Read a batch",
        "parameters": [identity, request_id_parameter()],
        "responses": {"200": found, **errors(GET_ERRORS)},
    }


def plain_operation(operation_id: str, summary: str, schema: Json) -> Json:
    """Describe a GET without parameters."""
    return {
        "operationId": operation_id,
        "summary": summary,
        "responses": {"200": success(summary, schema), **errors(PLAIN_ERRORS)},
    }


def ready_operation() -> Json:
    """Describe GET /readyz: 503 carries the same document."""
    operation = plain_operation("getReadiness", "Whether requests should be sent here", reference("Readiness"))
    operation["responses"]["503"] = success("Not ready, and why", reference("Readiness"))
    return operation


def metrics_operation() -> Json:
    """Describe GET /metrics."""
    operation = plain_operation("getMetrics", "What was counted, for Prometheus", {"type": "string"})
    told = operation["responses"]["200"]
    told["content"] = {"text/plain": told["content"][MEDIA_TYPE]}
    return operation


def key_parameter() -> Json:
    """Describe the Idempotency-Key header."""
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "One opaque token of visible ASCII without a comma, fresh for every new batch. Compared byte "
        "for byte; the plain form is meant, a quoted one is another key.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": PATTERN},
        "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    }


def request_id_parameter() -> Json:
    """Describe the X-Request-Id header: never an error, replaced when it cannot be used."""
    return {
        "name": "X-Request-Id",
        "in": "header",
        "required": False,
        "description": "1 to 128 of A-Z a-z 0-9 . _ - are kept, logged, returned and passed on; else replaced.",
        "schema": {"type": "string"},
    }


def errors(statuses: Iterable[int]) -> Json:
    """Describe the errors of an operation, each with the titles that share its status."""
    return {str(status): error(status) for status in statuses}


def error(status: int) -> Json:
    """Describe one error status."""
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    described: Json = {
        "description": "; ".join(titles),
        "headers": request_id_header(),
        "content": {PROBLEM_TYPE: {"schema": reference("ProblemDocument")}},
    }
    if status in RETRY_STATUSES:
        described["headers"]["Retry-After"] = {"description": "Seconds", "schema": {"type": "integer"}}
    return described


def success(description: str, schema: Json, example: Json | None = None) -> Json:
    """Describe an answer with a JSON document."""
    content: Json = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"description": description, "headers": request_id_header(), "content": {MEDIA_TYPE: content}}


def request_id_header() -> Json:
    """Describe the header on every answer."""
    return {"X-Request-Id": text_header("The id of the request, for finding it in the logs")}


def text_header(description: str) -> Json:
    """Describe a header of text."""
    return {"description": description, "schema": {"type": "string"}}


def reference(name: str) -> Json:
    """Point at a schema."""
    return {"$ref": f"#/components/schemas/{name}"}
