"""A key that the other version has finished is answered with that version's document.

Family: version-compatibility. Found by: R12 (versions-stay-apart).
In real life: a client was upgraded between an attempt and its retry, and its batch was booked twice. So keys were made
to follow the client across versions; the first upgraded client got documents that it could not read.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from sample_app.defects.kind import Defect
from sample_app.fingerprints import fingerprint
from sample_app.parts import Parts
from sample_app.records import Claim, JsonValue, Replayed, Verdict
from sample_app.settings import Settings
from sample_app.store.database import Database
from sample_app.store.tables import keys


def meaning(document: JsonValue) -> str:
    """Digest what a document says, whichever version it is written in."""
    if not isinstance(document, dict) or not isinstance(items := document.get("items"), list):
        return fingerprint(document)
    values = [item.get("value") if isinstance(item, dict) else item for item in items]
    labels = [item["label"] for item in items if isinstance(item, dict) and "label" in item]
    return fingerprint({"source": document["source"], "values": values, **({"labels": labels} if labels else {})})


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Know a key in every version."""

    def begin(claim: Claim) -> Verdict:
        """Claim the key, or say what became of it."""

        def elsewhere(connection: Connection) -> Verdict | None:
            wanted = select(keys).where(keys.c.key == claim.key, keys.c.fingerprint == claim.fingerprint)
            row = connection.execute(wanted).mappings().first()
            if row is None or row["status"] is None:
                return None
            return Replayed(batch_id=row["batch_id"], status=row["status"], body=row["body"])

        return database.read(elsewhere) or parts.begin(claim)

    return replace(parts, fingerprint=meaning, begin=begin)


KEYS_FOLLOW_THE_CLIENT = Defect(
    name="keys-follow-the-client",
    family="version-compatibility",
    entry="R12",
    check="versions-stay-apart",
    combination=True,
    story="A client was upgraded between an attempt and its retry, and its batch was booked twice. So keys were made "
    "to follow the client across versions; the first upgraded client got documents that it could not read.",
    install=install,
)
