"""From parsed JSON to the fields of a model, or to a list of what is wrong with it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from sample_app.contract_kind import Contract
from sample_app.documents.problem import FieldError
from sample_app.problems import Problem
from sample_app.records import JsonValue

MOST_ERRORS = 20  # an answer to a list of 1,000 wrong values stays small

CONTRACT = Contract(
    name="validate",
    input=("Any JSON value.",),
    guarantees=(
        "What comes behind follows the schema that /openapi.json publishes: types, limits, no unknown field.",
        "The fields are exactly as they were sent; a field that was left out is told apart from one that is null.",
        f"An error names each breach with a JSON Pointer, up to {MOST_ERRORS}; it repeats names, never values.",
    ),
    errors=("validation",),
    non_goals=("No conversion, no defaults, no trimming.",),
)


def checked_document(model: type[BaseModel], document: JsonValue) -> dict[str, Any]:
    """Return the fields of a document that follows the model, those that were sent only; raise Problem otherwise."""
    if not isinstance(document, dict):
        raise invalid((FieldError(path="", reason="an object is required"),))
    try:
        return model.model_validate(document).model_dump(exclude_unset=True)
    except ValidationError as wrong:
        raise invalid(field_errors(wrong)) from wrong


def invalid(errors: tuple[FieldError, ...]) -> Problem:
    """Make the problem; its detail names the first breach."""
    first = errors[0]
    return Problem("validation", f"{first.path or 'the document'}: {first.reason}", errors=errors)


def field_errors(wrong: ValidationError) -> tuple[FieldError, ...]:
    """List the breaches in the order of the fields; the document's own values are not repeated."""
    found = wrong.errors(include_url=False, include_input=False, include_context=False)
    return tuple(FieldError(path=pointer(error["loc"]), reason=error["msg"]) for error in found[:MOST_ERRORS])


def pointer(location: tuple[int | str, ...]) -> str:
    """Write a location as a JSON Pointer (RFC 6901, section 3)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)
