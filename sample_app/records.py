"""What passes from room to room: frozen, keyword-only records, one per stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A request that passed validation: its values exactly as they were sent."""

    source: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """One value that was not accepted: its position in the request, from 0, and why."""

    index: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the transform made of a batch."""

    accepted: tuple[str, ...]
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredBatch:
    """A batch as it is kept. ``entry_key`` goes with every attempt to emit it, so the ledger sees one event."""

    id: str
    entry_key: str
    source: str
    received: int
    accepted: tuple[str, ...]
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A wish to handle an event: its key, what was asked, and the batch to keep if the event is new."""

    key: str
    fingerprint: str
    owner: str
    batch: StoredBatch


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """The event is ours to finish: new, or left unfinished by an earlier request and now resumed."""

    key: str
    fingerprint: str
    owner: str
    batch: StoredBatch


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """The event was finished before: the answer that it got then."""

    batch_id: str
    status: int
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InFlight:
    """Another request is handling the event now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherBody:
    """The key was used for another request."""


Verdict: TypeAlias = Started | Replayed | InFlight | OtherBody


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer to a POST: its status, its JSON text, and whether it is the stored answer of an earlier request."""

    batch_id: str
    status: int
    body: str
    replayed: bool = False
