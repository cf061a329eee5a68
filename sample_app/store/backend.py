"""What differs between two kinds of database. Everything else in this room is the same code for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """One kind of database. Times are seconds; ``wait`` is the longest wait for a lock.

    ``undone``: the database says that it rolled the transaction back because of another one, even at COMMIT.
    ``lost``: the connection broke; whatever was not being committed is rolled back.
    """

    open: Callable[[URL, float], Engine]  # an engine that connects when it is first used
    one_writer: bool  # the threads of a process queue before they write
    reading: Mapping[str, Any]  # execution options of a transaction that reads
    writing: Mapping[str, Any]  # and of one that writes
    prepare: Callable[[Engine, float], None]  # once a process, before all else; the second argument: when to give up
    lock_schema: Callable[[Connection], None]  # inside a writing transaction: keep other migrations out until it ends
    undone: Callable[[DBAPIError], bool]
    lost: Callable[[DBAPIError], bool]
