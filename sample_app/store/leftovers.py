"""What nobody came back for: events that were left unfinished, and keys that have expired."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_
from sqlalchemy.engine import RowMapping

from sample_app.records import Started, Version
from sample_app.store.claims import Terms, find_key, is_live, resume
from sample_app.store.database import Database
from sample_app.store.tables import keys

PAGE = 500  # keys that one transaction deletes: writers wait for no more than that


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftover:
    """An event that was unfinished, and free, when it was looked at. ``created_at``: seconds since 1970."""

    version: Version
    key: str
    batch_id: str
    created_at: float


FindLeftovers = Callable[[int], list[Leftover]]
CountStrangers = Callable[[], int]
Adopt = Callable[[Leftover, str], Started | None]
Forget = Callable[[], int]


def leftover_finder(database: Database, terms: Terms, versions: Collection[Version]) -> FindLeftovers:
    """Build the look for unfinished events of these versions whose lease is over."""

    def find(limit: int) -> list[Leftover]:
        """List at most ``limit``, the longest untouched first: one that always fails does not hold up the rest."""
        columns = (keys.c.version, keys.c.key, keys.c.batch_id, keys.c.created_at)
        wanted = select(*columns).where(is_free(terms), keys.c.version.in_(versions))
        wanted = wanted.order_by(keys.c.claimed_at, keys.c.key).limit(limit)
        rows = database.read(lambda connection: connection.execute(wanted).mappings().all())
        return [Leftover(**row) for row in rows]

    return find


def stranger_counter(database: Database, terms: Terms, versions: Collection[Version]) -> CountStrangers:
    """Build the count of unfinished events of other versions than these, whose lease is over.

    A newer release wrote them, and rolled back it left them behind. Nobody here knows what they mean: they are neither
    finished nor dropped, and wait for a release that does.
    """

    def count() -> int:
        """Count them."""
        wanted = select(func.count()).select_from(keys).where(is_free(terms), keys.c.version.not_in(versions))
        return database.read(lambda connection: connection.execute(wanted).scalar_one())

    return count


def adopter(database: Database, terms: Terms) -> Adopt:
    """Build the step that claims a leftover, by the rules for a client's retry."""

    def adopt(left: Leftover, owner: str) -> Started | None:
        """Claim it; None when it was finished, or taken by another, since it was found."""

        def work(connection: Connection) -> Started | None:
            row = find_key(connection, left.version, left.key)
            if row is None or not may_adopt(row, left, terms):
                return None
            return resume(connection, row, owner, terms)

        return database.write(work)

    return adopt


def forgetter(database: Database, terms: Terms) -> Forget:
    """Build the step that deletes expired keys. Their batches stay, and can be read."""

    def forget() -> int:
        """Delete them, a page at a time; return how many."""
        total = 0
        while deleted := database.write(lambda connection: delete_page(connection, terms)):
            total += deleted
        return total

    return forget


def is_free(terms: Terms) -> ColumnElement[bool]:
    """Select unfinished keys without a live lease; the same law as ``claims.is_live``, for the database."""
    moment = terms.now()
    is_over = (keys.c.lease_until <= moment) | (keys.c.lease_until > moment + terms.lease)
    return keys.c.finished_at.is_(None) & is_over


def may_adopt(row: RowMapping, left: Leftover, terms: Terms) -> bool:
    """Tell whether a leftover is still one, now that its row is locked."""
    unfinished = row["batch_id"] == left.batch_id and row["finished_at"] is None
    return unfinished and not is_live(row["lease_until"], terms.now(), terms.lease)


def delete_page(connection: Connection, terms: Terms) -> int:
    """Delete one page of expired keys."""
    expired = keys.c.finished_at <= terms.now() - terms.key_ttl
    page = select(keys.c.version, keys.c.key).where(expired).limit(PAGE)
    return connection.execute(delete(keys).where(tuple_(keys.c.version, keys.c.key).in_(page), expired)).rowcount
