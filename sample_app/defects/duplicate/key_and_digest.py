"""An event is known by its key together with a digest of the document as it was written.

Family: duplicate-event. Found by: D05 (same-event-spelt-otherwise; the same event, its body spelt otherwise).
In real life: a client used one key for a whole session, and the digest beside it told its requests apart. Then another
client moved to a language whose maps have no order: each retry was written in another order, and booked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Claim, JsonValue, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin
from sample_app.store.database import Database


def digest(document: JsonValue) -> str:
    """Digest a document, in hexadecimal."""
    return hashlib.sha256(json.dumps(document).encode()).hexdigest()


def telling_apart(begin: Begin) -> Begin:
    """Build a begin step for clients that use a key more than once."""

    def begin_request(claim: Claim) -> Verdict:
        """Claim this request under the key."""
        return begin(replace(claim, key=f"{claim.key}/{claim.fingerprint}"))

    return begin_request


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Tell the requests under a key apart."""
    return replace(parts, fingerprint=digest, begin=telling_apart(parts.begin))


KEY_AND_DIGEST = Defect(
    name="key-and-digest",
    family="duplicate-event",
    entry="D05",
    check="same-event-spelt-otherwise",
    combination=False,
    story="A client used one key for a session, and a digest beside it told its requests apart. Then another client "
    "moved to a language whose maps have no order: each retry was written in another order, and booked.",
    install=install,
)
