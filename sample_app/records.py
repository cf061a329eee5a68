"""What passes from room to room: frozen, keyword-only records, one per stage. They are the same for every version."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
Version: TypeAlias = Literal["v1", "v2"]
ReleaseName: TypeAlias = Literal["0.2", "0.3"]
Point: TypeAlias = Literal["claimed", "enriched", "finished"]


class Absent(Enum):
    """A field that was left out, which is not the same as one that is null."""

    ABSENT = "absent"


Text: TypeAlias = str | Absent | None
"""A field that may be left out, null, empty, blank, or hold something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One value as it was sent: its position in the request, from 0, and in v2 the id and the label beside it."""

    index: int
    value: Text
    id: str | None = None
    label: Text = Absent.ABSENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A request that passed validation: its items exactly as they were sent."""

    version: Version
    source: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """One item that was taken, with the value and the label as they are kept."""

    index: int
    value: str
    id: str | None = None
    label: Text = Absent.ABSENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """One item that was not taken: its position in the request, from 0, and why."""

    index: int
    reason: str
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the rules made of a batch; both in the order sent."""

    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceInfo:
    """What the reference service knows of a source; ``degraded`` says why it could not be asked, title is None then."""

    title: str | None
    degraded: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredBatch:
    """A batch as it is kept. ``entry_key`` goes with every attempt to emit it, so the ledger sees one event."""

    id: str
    version: Version
    entry_key: str
    source: str
    received: int
    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejection, ...]
    info: SourceInfo | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A wish to handle an event: its key, what was asked, and the batch to keep if the event is new.

    Keys of one version are unknown to the other: ``batch.version`` and ``key`` name the event together.
    """

    key: str
    fingerprint: str
    owner: str
    batch: StoredBatch


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """The event is ours to finish: new, or left unfinished at ``point`` by an earlier request and now resumed."""

    key: str
    fingerprint: str
    owner: str
    batch: StoredBatch
    point: Point = "claimed"


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
