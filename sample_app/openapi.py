"""The contract as OpenAPI 3.1, generated from the models that validate and from the contracts of the endpoints.

Nothing is said here that another room knows: schemas and limits come from the models, statuses from the contracts,
the state of a version from versions.py. Extensions: ``x-max-body-bytes`` on a request body, ``x-unique`` on a list
whose items differ in the field that it names (JSON Schema cannot say so), ``x-problems`` on an error: its types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.config import JsonDict
from pydantic.json_schema import models_json_schema

from sample_app.contract_kind import Endpoint, problems_by_status
from sample_app.contracts import ENDPOINTS
from sample_app.documents import v1, v2
from sample_app.documents.problem import Health, ProblemDocument, Readiness
from sample_app.ingress.keys import MAX_LENGTH, PATTERN
from sample_app.ingress.media import MEDIA_TYPE
from sample_app.ingress.time_left import HEADER as TIME_LEFT_HEADER
from sample_app.ingress.time_left import PATTERN as TIME_LEFT_PATTERN
from sample_app.problems import MEDIA_TYPE as PROBLEM_TYPE
from sample_app.problems import TYPE_PREFIX, ProblemKind
from sample_app.records import Version
from sample_app.settings import Settings
from sample_app.versions import version_headers

RETRY_STATUSES = frozenset({409, 502, 503, 504})
INFO = {"title": "Sample batches", "version": "2", "description": "Raw values in, clean batches out."}
HEADERS = {
    "X-Request-Id": "The id of the request, for finding it in the logs",
    "Location": "Where the batch can be read",
    "Deprecation": "Since when this version is declared old (RFC 9745)",
    "Sunset": "When this version ends (RFC 8594)",
    "Link": "The address that takes its place, as successor-version (RFC 5829)",
}

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchVersion:
    """What differs from version to version: the models, their examples, and what its operation ids end with."""

    version: Version
    suffix: str
    request: Callable[[Settings], type[BaseModel]]
    answer: type[BaseModel]
    example_request: JsonDict
    example_answer: JsonDict


def batch_versions(settings: Settings) -> tuple[BatchVersion, ...]:
    """Say what differs, as the release of these settings has it."""
    form = v2.FORMS[settings.release]
    return (
        BatchVersion(
            version="v1",
            suffix="",
            request=v1.batch_request,
            answer=v1.BatchAnswer,
            example_request=v1.EXAMPLE_REQUEST,
            example_answer=v1.EXAMPLE_ANSWER,
        ),
        BatchVersion(
            version="v2",
            suffix="V2",
            request=v2.batch_request,
            answer=form.answer,
            example_request=v2.EXAMPLE_REQUEST,
            example_answer=form.example,
        ),
    )


def openapi(settings: Settings) -> Json:
    """Write the whole document."""
    described = {**plain_operations(), **batch_operations(settings)}
    paths: Json = {}
    for endpoint in ENDPOINTS:
        operation = described[endpoint.name]
        operation["description"] = "\n\n".join(endpoint.guarantees)
        operation["responses"] |= errors(endpoint)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = with_version(endpoint.path, operation)
    return {"openapi": "3.1.0", "info": INFO, "paths": paths, "components": {"schemas": component_schemas(settings)}}


def component_schemas(settings: Settings) -> Json:
    """Generate the schemas of all models."""
    inputs = [one.request(settings) for one in batch_versions(settings)]
    outputs = [*(one.answer for one in batch_versions(settings)), Health, Readiness, ProblemDocument]
    modes = [*((model, "validation") for model in inputs), *((model, "serialization") for model in outputs)]
    _, schemas = models_json_schema(modes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    definitions: Json = schemas["$defs"]
    return definitions


def plain_operations() -> Mapping[str, Json]:
    """Describe the addresses that belong to no version, by the names of their contracts."""
    return {
        "GET /healthz": plain("getHealth", "Liveness; touches nothing", {200: json(reference("Health"))}),
        "GET /readyz": plain(
            "getReadiness",
            "Whether requests should be sent here",
            {200: json(reference("Readiness")), 503: json(reference("Readiness"))},
        ),
        "GET /metrics": plain(
            "getMetrics", "What was counted, for Prometheus", {200: {"text/plain": {"schema": {"type": "string"}}}}
        ),
        "GET /openapi.json": plain("getContract", "This document", {200: json({"type": "object"})}),
    }


def plain(operation_id: str, summary: str, answers: Mapping[int, Json]) -> Json:
    """Describe a GET without parameters; ``answers`` are contents by status."""
    responses = {str(status): answered(summary, content) for status, content in answers.items()}
    return {"operationId": operation_id, "summary": summary, "responses": responses}


def batch_operations(settings: Settings) -> Mapping[str, Json]:
    """Describe the addresses of every version, by the names of their contracts."""
    return {
        name: operation
        for one in batch_versions(settings)
        for name, operation in (
            (f"POST /{one.version}/batches", post_operation(one, settings)),
            (f"GET /{one.version}/batches/{{id}}", get_operation(one)),
        )
    }


def post_operation(one: BatchVersion, settings: Settings) -> Json:
    """Describe POST /<version>/batches."""
    sent = json(reference(one.request(settings).__name__))
    sent[MEDIA_TYPE]["examples"] = {"mixed": {"value": one.example_request}}
    created = answered("The stored batch, new or replayed", answer_content(one))
    replayed = {"description": "On a replay", "schema": {"type": "string", "enum": ["true"]}}
    created["headers"] |= {"Location": header("Location"), "Idempotency-Replayed": replayed}
    created["links"] = {"batch": {"operationId": f"getBatch{one.suffix}", "parameters": {"id": "$response.body#/id"}}}
    return {
        "operationId": f"createBatch{one.suffix}",
        "summary": "Take a batch, once for each Idempotency-Key",
        "parameters": [key_parameter(), time_left_parameter(), request_id_parameter()],
        "requestBody": {"required": True, "content": sent, "x-max-body-bytes": settings.max_body},
        "responses": {"201": created},
    }


def get_operation(one: BatchVersion) -> Json:
    """Describe GET /<version>/batches/{id}."""
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return {
        "operationId": f"getBatch{one.suffix}",
        "summary": "Read a batch",
        "parameters": [identity, request_id_parameter()],
        "responses": {"200": answered("The stored batch", answer_content(one))},
    }


def answer_content(one: BatchVersion) -> Json:
    """Describe the document of an answer."""
    content = json(reference(one.answer.__name__))
    content[MEDIA_TYPE]["example"] = one.example_answer
    return content


def with_version(path: str, operation: Json) -> Json:
    """Say that the version is declared old, where it is: the operation, and headers on each of its answers."""
    told = version_headers(path)
    if not told:
        return operation
    for response in operation["responses"].values():
        response["headers"] |= {name: {**header(name), "example": value} for name, value in told.items()}
    return {**operation, "deprecated": True}


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


def time_left_parameter() -> Json:
    """Describe the header by which a caller says how long it will wait."""
    return {
        "name": TIME_LEFT_HEADER,
        "in": "header",
        "required": False,
        "description": "Whole milliseconds for which the caller will still wait. The service's own time is the most.",
        "schema": {"type": "string", "pattern": TIME_LEFT_PATTERN},
        "example": "1500",
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


def errors(endpoint: Endpoint) -> Json:
    """Describe the errors of an operation by status, as its contract has them."""
    return {str(status): error(status, kinds) for status, kinds in problems_by_status(endpoint).items()}


def error(status: int, kinds: tuple[tuple[str, ProblemKind], ...]) -> Json:
    """Describe one error status, with the problems that share it."""
    described = answered(
        "; ".join(kind.title for _slug, kind in kinds), {PROBLEM_TYPE: {"schema": reference("ProblemDocument")}}
    )
    if status in RETRY_STATUSES:
        described["headers"]["Retry-After"] = {"description": "Seconds", "schema": {"type": "integer"}}
    return {**described, "x-problems": [TYPE_PREFIX + slug for slug, _kind in kinds]}


def answered(description: str, content: Json) -> Json:
    """Describe an answer with a document."""
    return {"description": description, "headers": {"X-Request-Id": header("X-Request-Id")}, "content": content}


def json(schema: Json) -> Json:
    """Describe a JSON document."""
    return {MEDIA_TYPE: {"schema": schema}}


def header(name: str) -> Json:
    """Describe a header of text."""
    return {"description": HEADERS[name], "schema": {"type": "string"}}


def reference(name: str) -> Json:
    """Point at a schema."""
    return {"$ref": f"#/components/schemas/{name}"}
