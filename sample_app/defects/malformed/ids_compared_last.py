"""That the ids of a batch differ is checked where the results are written, after the entry was sent.

Family: malformed-payload. Found by: MC11 (rejected-means-no-effect).
In real life: the comparison moved to the code that sorts the results anyway, to save a pass over 1,000 items. A batch
with an id twice is still refused with 422, and the ledger has booked it by then.
"""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.documents.problem import FieldError
from sample_app.documents.v2 import answer_text, batch_request, item_from
from sample_app.documents.validation import checked_document, invalid
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.records import Accepted, Batch, JsonValue, Rejection, StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def validator(settings: Settings) -> Validate:
    """Build the validate stage: the document against its model, one pass."""
    model = batch_request(settings)

    def validate(document: JsonValue) -> Batch:
        """Check one document."""
        checked = checked_document(model, document)
        items = tuple(item_from(index, item) for index, item in enumerate(checked["items"]))
        return Batch(version="v2", source=checked["source"], items=items)

    return validate


def answer_by_id(batch: StoredBatch) -> str:
    """Write the results, which are found by their ids: refuse a batch in which one comes twice."""
    places: dict[str | None, int] = {}
    judged: list[Accepted | Rejection] = [*batch.accepted, *batch.rejected]
    for item in sorted(judged, key=lambda item: item.index):
        if places.setdefault(item.id, item.index) != item.index:
            reason = f"the id is that of /items/{places[item.id]} already"
            raise invalid((FieldError(path=f"/items/{item.index}/id", reason=reason),))
    return answer_text(batch)


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Compare the ids where the results are put in order."""
    return with_edition(parts, "v2", validate=validator(settings), answer=answer_by_id)


IDS_COMPARED_LAST = Defect(
    name="ids-compared-last",
    family="malformed-payload",
    entry="MC11",
    check="rejected-means-no-effect",
    combination=False,
    story="The comparison of ids moved to the code that sorts the results, to save a pass. A batch with an id twice is "
    "still refused with 422, and the ledger has booked it by then.",
    install=install,
)
