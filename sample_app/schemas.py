"""The documents at the door, as the models that validate them; /openapi.json is generated from the same models.

Input: types are strict (nothing is converted), unknown fields are refused, lengths count characters, U+0000 is
refused because not every store and tool behind this service keeps it. Output: exactly the fields written here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.config import JsonDict

from sample_app.records import StoredBatch
from sample_app.settings import Settings

NO_NUL = r"^[^\x00]*$"
EXAMPLE_REQUEST: JsonDict = {"source": "crm", "values": [" alpha ", "", "beta"]}
EXAMPLE_ANSWER: JsonDict = {
    "id": "0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11",
    "source": "crm",
    "received": 3,
    "accepted": ["alpha", "beta"],
    "rejected": [{"index": 1, "reason": "blank"}],
}

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


def batch_request(settings: Settings) -> type[BaseModel]:
    """Build the model of a POSTed batch with this service's limits.

    ``source`` names the sender and is kept exactly as sent. ``values`` may be empty, and a value may be blank: such
    values are reported as rejected, they do not fail the batch.
    """
    source = Annotated[str, Field(min_length=1, max_length=settings.max_source_length, pattern=NO_NUL)]
    value = Annotated[str, Field(max_length=settings.max_value_length, pattern=NO_NUL)]
    values = Annotated[list[value], Field(max_length=settings.max_values)]
    config = ConfigDict(**STRICT, json_schema_extra={"examples": [EXAMPLE_REQUEST]})
    return create_model("BatchRequest", __config__=config, source=(source, ...), values=(values, ...))


class RejectedValue(BaseModel):
    """A value that was not accepted, by its position in the request (from 0)."""

    model_config = STRICT
    index: int = Field(ge=0)
    reason: str = Field(json_schema_extra={"enum": ["blank"]})


class BatchAnswer(BaseModel):
    """A stored batch. ``received`` = number of ``accepted`` + number of ``rejected``; order is the order sent."""

    model_config = ConfigDict(**STRICT, json_schema_extra={"examples": [EXAMPLE_ANSWER]})
    id: str = Field(json_schema_extra={"format": "uuid"})
    source: str
    received: int = Field(ge=0)
    accepted: list[str]
    rejected: list[RejectedValue]


class Health(BaseModel):
    """The process answers; nothing else was looked at."""

    model_config = STRICT
    status: str = Field(json_schema_extra={"enum": ["ok"]})


class FieldError(BaseModel):
    """One breach of the contract: a JSON Pointer (RFC 6901) into the document, and what is wrong there."""

    model_config = STRICT
    path: str
    reason: str


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 has it. ``type`` is stable and safe to branch on; ``detail`` is for people."""

    model_config = STRICT
    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[FieldError] | None = None


def answer_text(batch: StoredBatch) -> str:
    """Write the answer for a batch. The same batch always gives the same text."""
    rejected = [RejectedValue(index=item.index, reason=item.reason) for item in batch.rejected]
    return BatchAnswer(
        id=batch.id,
        source=batch.source,
        received=batch.received,
        accepted=list(batch.accepted),
        rejected=rejected,
    ).model_dump_json()
