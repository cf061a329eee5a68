"""The documents of v2.

Input: as strict as v1, and each item has an id of its own, unique in its batch. ``value`` and ``label`` may be left out
or null: that is a matter of the rules (rules/v2.py), not of the document. Output: one result for each item, in the
order sent, and totals that add up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.config import JsonDict

from sample_app.documents.problem import NO_NUL, STRICT, FieldError
from sample_app.documents.validation import MOST_ERRORS, checked_document, invalid
from sample_app.records import Absent, Accepted, Batch, Item, JsonValue, Rejection, ReleaseName, StoredBatch
from sample_app.rules.v2 import REASONS
from sample_app.settings import Settings

DEGRADED = ("late", "unavailable", "broken", "not-configured")  # why the reference service could not be asked

EXAMPLE_REQUEST: JsonDict = {
    "source": "crm",
    "items": [
        {"id": "a-1", "value": " alpha ", "label": "first"},
        {"id": "a-2", "value": "", "label": "second"},
        {"id": "a-3", "value": "beta", "label": ""},
        {"id": "a-4", "label": None},
        {"id": "a-5", "value": "gamma", "label": " "},
        {"id": "a-6", "value": "delta"},
        {"id": "a-7", "value": "epsilon", "label": None},
    ],
}
EXAMPLE_ANSWER: JsonDict = {
    "id": "5b1c8c0e-6a0f-4f0a-8d55-1f3e2a9b7c10",
    "source": {"name": "crm", "title": "Customer records"},
    "totals": {"received": 7, "accepted": 4, "rejected": 3},
    "results": [
        {"index": 0, "id": "a-1", "outcome": "accepted", "value": "alpha", "label": "first"},
        {"index": 1, "id": "a-2", "outcome": "rejected", "reason": "empty"},
        {"index": 2, "id": "a-3", "outcome": "accepted", "value": "beta", "label": ""},
        {"index": 3, "id": "a-4", "outcome": "rejected", "reason": "missing"},
        {"index": 4, "id": "a-5", "outcome": "rejected", "reason": "label-blank"},
        {"index": 5, "id": "a-6", "outcome": "accepted", "value": "delta"},
        {"index": 6, "id": "a-7", "outcome": "accepted", "value": "epsilon", "label": None},
    ],
}

EXAMPLE_ANSWER_LABELLED: JsonDict = {
    **EXAMPLE_ANSWER,
    "totals": {"received": 7, "accepted": 4, "rejected": 3, "labelled": 2},
}


def without_default(schema: JsonDict) -> None:
    """Publish no default: a field that is left out means something else than one that is null."""
    schema.pop("default", None)


def degraded_schema(schema: JsonDict) -> None:
    """Publish the reasons."""
    without_default(schema)
    schema["enum"] = [*DEGRADED]


def batch_request(settings: Settings) -> type[BaseModel]:
    """Build the model of a POSTed batch with this service's limits; ``items`` may be empty.

    JSON Schema cannot say that the ids differ: the extension ``x-unique`` names the field, ``batch_from`` checks it.
    """
    item: Any = item_model(settings)
    items: Any = Annotated[list[item], Field(max_length=settings.max_values, json_schema_extra={"x-unique": "id"})]
    source = Annotated[str, Field(min_length=1, max_length=settings.max_source_length, pattern=NO_NUL)]
    config = ConfigDict(**STRICT, json_schema_extra={"examples": [EXAMPLE_REQUEST]})
    return create_model("BatchRequestV2", __config__=config, source=(source, ...), items=(items, ...))


def item_model(settings: Settings) -> type[BaseModel]:
    """Build the model of one item. ``id`` is opaque, compared and kept exactly as sent."""
    identity = Annotated[str, Field(min_length=1, max_length=settings.max_id_length, pattern=NO_NUL)]
    value = Annotated[str, Field(max_length=settings.max_value_length, pattern=NO_NUL)]
    label = Annotated[str, Field(max_length=settings.max_label_length, pattern=NO_NUL)]
    return create_model(
        "ItemV2",
        __config__=STRICT,
        id=(identity, ...),
        value=(value | None, Field(default=None, json_schema_extra=without_default)),
        label=(label | None, Field(default=None, json_schema_extra=without_default)),
    )


def batch_from(model: type[BaseModel], document: JsonValue) -> Batch:
    """Check a document; raise Problem ``validation`` (422) with a JSON Pointer for each breach.

    A field that was left out becomes ABSENT: after this line nobody can mistake it for null.
    """
    checked = checked_document(model, document)
    items = tuple(item_from(index, item) for index, item in enumerate(checked["items"]))
    check_unique(items)
    return Batch(version="v2", source=checked["source"], items=items)


def item_from(index: int, sent: dict[str, Any]) -> Item:
    """Write an item; ``sent`` holds the fields that were sent only."""
    value, label = sent.get("value", Absent.ABSENT), sent.get("label", Absent.ABSENT)
    return Item(index=index, id=sent["id"], value=value, label=label)


def check_unique(items: Sequence[Item]) -> None:
    """Refuse a repeated id, naming each place where one comes again."""
    first: dict[str | None, int] = {}
    repeated = [item for item in items if first.setdefault(item.id, item.index) != item.index]
    if repeated:
        raise invalid(
            tuple(
                FieldError(path=f"/items/{item.index}/id", reason=f"the id is that of /items/{first[item.id]} already")
                for item in repeated[:MOST_ERRORS]
            )
        )


class SourceAnswer(BaseModel):
    """The sender, as it named itself, with the title that the reference service knows for it.

    ``title`` is null where there is none; ``degraded`` is there only when the reference service could not be asked.
    """

    model_config = STRICT
    name: str
    title: str | None
    degraded: str = Field(default="", json_schema_extra=degraded_schema)


class Totals(BaseModel):
    """How many items there were: ``received`` = ``accepted`` + ``rejected``, exactly."""

    model_config = STRICT
    received: int = Field(ge=0)
    accepted: int = Field(ge=0)
    rejected: int = Field(ge=0)


class LabelledTotals(Totals):
    """The totals of release 0.3: ``labelled`` accepted items have a label that is not null, the empty one included."""

    labelled: int = Field(ge=0)


class AcceptedItem(BaseModel):
    """An item that was taken. ``label`` is as sent: absent where it was left out, null where it was null."""

    model_config = STRICT
    index: int = Field(ge=0)
    id: str
    outcome: Literal["accepted"]
    value: str = Field(min_length=1)
    label: str | None = Field(default=None, json_schema_extra=without_default)


class RejectedItem(BaseModel):
    """An item that was not taken, and why; the other items of its batch are not touched by that."""

    model_config = STRICT
    index: int = Field(ge=0)
    id: str
    outcome: Literal["rejected"]
    reason: str = Field(json_schema_extra={"enum": list(REASONS)})


class BatchAnswerV2(BaseModel):
    """A stored batch: one result for each item sent, in the order sent; ``index`` is the item's position, from 0."""

    model_config = ConfigDict(**STRICT, json_schema_extra={"examples": [EXAMPLE_ANSWER]})
    id: str = Field(json_schema_extra={"format": "uuid"})
    source: SourceAnswer
    totals: Totals
    results: list[Annotated[AcceptedItem | RejectedItem, Field(discriminator="outcome")]]


class LabelledAnswerV2(BatchAnswerV2):
    """The answer of release 0.3."""

    model_config = ConfigDict(**STRICT, json_schema_extra={"examples": [EXAMPLE_ANSWER_LABELLED]})
    totals: LabelledTotals


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What the answer of a release looks like, and how its totals are counted."""

    answer: type[BatchAnswerV2]
    totals: Callable[[StoredBatch], Totals]
    example: JsonDict


def totals_of(batch: StoredBatch) -> Totals:
    """Count."""
    return Totals(received=batch.received, accepted=len(batch.accepted), rejected=len(batch.rejected))


def labelled_totals_of(batch: StoredBatch) -> LabelledTotals:
    """Count labels, too; from what is stored, so that batches of every release have the number."""
    labelled = sum(isinstance(item.label, str) for item in batch.accepted)
    return LabelledTotals(**totals_of(batch).model_dump(), labelled=labelled)


FORMS: Mapping[ReleaseName, Form] = {
    "0.2": Form(answer=BatchAnswerV2, totals=totals_of, example=EXAMPLE_ANSWER),
    "0.3": Form(answer=LabelledAnswerV2, totals=labelled_totals_of, example=EXAMPLE_ANSWER_LABELLED),
}
"""How each release answers."""


def answer_text(batch: StoredBatch, form: Form = FORMS["0.2"]) -> str:
    """Write the answer for a batch in the form of a release. The same batch always gives the same text."""
    judged: list[Accepted | Rejection] = [*batch.accepted, *batch.rejected]
    answer = form.answer(
        id=batch.id,
        source=source_of(batch),
        totals=form.totals(batch),
        results=[result_of(item) for item in sorted(judged, key=lambda item: item.index)],
    )
    return answer.model_dump_json(exclude_unset=True)


def source_of(batch: StoredBatch) -> SourceAnswer:
    """Tell what is known of the sender."""
    if batch.info is None or batch.info.degraded is None:
        return SourceAnswer(name=batch.source, title=batch.info.title if batch.info else None)
    return SourceAnswer(name=batch.source, title=batch.info.title, degraded=batch.info.degraded)


def result_of(item: Accepted | Rejection) -> AcceptedItem | RejectedItem:
    """Write the result of one item."""
    fields: dict[str, Any] = {"index": item.index, "id": item.id}
    if isinstance(item, Rejection):
        return RejectedItem(**fields, outcome="rejected", reason=item.reason)
    return AcceptedItem(**fields, outcome="accepted", value=item.value, **label_of(item))


def entry_of(batch: StoredBatch) -> bytes:
    """Write the ledger's entry for a batch. The same batch always gives the same bytes."""
    items = [{"id": item.id, "value": item.value, **label_of(item)} for item in batch.accepted]
    totals = totals_of(batch).model_dump()
    return json.dumps({"batch_id": batch.id, "source": batch.source, "totals": totals, "items": items}).encode()


def label_of(item: Accepted) -> dict[str, str | None]:
    """Write the label, unless it was left out."""
    return {} if isinstance(item.label, Absent) else {"label": item.label}
