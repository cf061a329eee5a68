"""v1's answers gained the totals of v2, which strict readers of the old document refuse.

Family: version-compatibility. Found by: R10 (only-declared-additions).
In real life: a dashboard wanted totals from both versions, and "adding a field breaks nobody". One client's generated
reader was set to fail on unknown fields; its nightly job stopped, and the retries kept three people awake.
"""

from __future__ import annotations

import json

from sample_app.defects.kind import Defect
from sample_app.documents import v1, v2
from sample_app.parts import Parts, with_edition
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def answer_text(batch: StoredBatch) -> str:
    """Write the answer for a batch, with its totals."""
    document = json.loads(v1.answer_text(batch))
    return json.dumps({**document, "totals": v2.totals_of(batch).model_dump()})


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Tell the totals in every version."""
    return with_edition(parts, "v1", answer=answer_text)


TOTALS_FOR_ALL = Defect(
    name="totals-for-all",
    family="version-compatibility",
    entry="R10",
    check="only-declared-additions",
    combination=False,
    story="A dashboard wanted totals from both versions, and adding a field breaks nobody. A client's generated reader "
    "failed on unknown fields; its nightly job stopped, and its retries kept three people awake.",
    install=install,
)
