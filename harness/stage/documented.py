"""What the service documents of its operations, read from where it says that its OpenAPI document is."""

from __future__ import annotations

import json

from harness.model.errors import TargetError
from harness.model.messages import Answer
from harness.model.services import Configuration, OperationContract, Route
from harness.plan.contracts import contracts
from harness.targets.instance import Instance

PATIENCE = 10.0
"""Seconds to wait for the document."""
_LEAVE = "or leave `openapi` out of the configuration"


def documented(configuration: Configuration, instance: Instance) -> tuple[OperationContract, ...]:
    """Return the contract of every operation; empty ones where the service declares no document.

    TargetError where a declared document cannot be had or is none: what it would have allowed or forbidden stays
    untested, and nobody would see that.
    """
    path = configuration.service.openapi
    if not path:
        return contracts({}, configuration.operations)
    answer = instance.fetch(Route(method="GET", path=path), PATIENCE)
    if answer is None or answer.status != 200:
        seen = f"no answer within {PATIENCE:g} s" if answer is None else f"status {answer.status}"
        raise TargetError(
            f"the service declares its OpenAPI document at {path}, but GET {path} gave {seen}; serve it there, {_LEAVE}"
        )
    return contracts(_document(path, answer), configuration.operations)


def document_of(answer: Answer | None) -> object:
    """Return the OpenAPI document that an answer holds; None where it holds none."""
    if answer is None or answer.status != 200:
        return None
    try:
        return _document("", answer)
    except TargetError:
        return None


def _document(path: str, answer: Answer) -> object:
    """Return the document that ``answer`` holds."""
    where = f"the OpenAPI document at {path}"
    if answer.clipped:
        raise TargetError(
            f"{where} is larger than the {len(answer.body):,} bytes that are read; serve a part of it, {_LEAVE}"
        )
    try:
        document = json.loads(answer.body)
    except RecursionError as error:
        raise TargetError(f"{where} is nested too deeply to be read; serve a flatter one, {_LEAVE}") from error
    except ValueError as error:
        raise TargetError(f"{where} is not JSON{_form(answer.body)} ({error}); serve JSON there, {_LEAVE}") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise TargetError(f"{where} is none: it is no object with `paths`; serve it there, {_LEAVE}")
    return document


def _form(body: bytes) -> str:
    """Say in which other form a document most likely is; empty: in none that is known."""
    head = body.lstrip().lower()
    forms = ((b"openapi:", "YAML"), (b"swagger:", "YAML"), (b"---", "YAML"), (b"<", "HTML or XML"))
    return next((f" but {form}" for sign, form in forms if head.startswith(sign)), "")
