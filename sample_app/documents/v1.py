"""The documents of v1.

Input: types are strict (nothing is converted), unknown fields are refused, lengths count characters, U+0000 is
refused because not every store and tool behind this service keeps it. Output: exactly the fields written here.
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.config import JsonDict

from sample_app.documents.problem import NO_NUL, STRICT
from sample_app.documents.validation import checked_document
from sample_app.records import Batch, Item, JsonValue, StoredBatch
from sample_app.settings import Settings

EXAMPLE_REQUEST: JsonDict = {"source": "crm", "values": [" alpha ", "", "beta"]}
EXAMPLE_ANSWER: JsonDict = {
    "id": "0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11",
    "source": "crm",
    "received": 3,
    "accepted": ["alpha", "beta"],
    "rejected": [{"index": 1, "reason": "blank"}],
}


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


def batch_from(model: type[BaseModel], document: JsonValue) -> Batch:
    """Check a document against the model; raise Problem ``validation`` (422) with a JSON Pointer for each breach."""
    checked = checked_document(model, document)
    items = tuple(Item(index=index, value=value) for index, value in enumerate(checked["values"]))
    return Batch(version="v1", source=checked["source"], items=items)


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


def answer_text(batch: StoredBatch) -> str:
    """Write the answer for a batch. The same batch always gives the same text."""
    rejected = [RejectedValue(index=item.index, reason=item.reason) for item in batch.rejected]
    return BatchAnswer(
        id=batch.id,
        source=batch.source,
        received=batch.received,
        accepted=[item.value for item in batch.accepted],
        rejected=rejected,
    ).model_dump_json()


def entry_of(batch: StoredBatch) -> bytes:
    """Write the ledger's entry for a batch. The same batch always gives the same bytes."""
    values = [item.value for item in batch.accepted]
    return json.dumps({"batch_id": batch.id, "source": batch.source, "values": values}).encode()
