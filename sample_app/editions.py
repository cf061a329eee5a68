"""The versions of the interface, as data: what each one reads, what it makes of it, and what it answers.

An edition never changes its meaning once it is published. What both share (ingress, claims, emission) knows no version.
What a release adds to the answers of an edition is looked up by the name of the release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sample_app.documents import v1 as documents_v1
from sample_app.documents import v2 as documents_v2
from sample_app.records import Batch, JsonValue, Outcome, StoredBatch, Version
from sample_app.rules import v1 as rules_v1
from sample_app.rules import v2 as rules_v2
from sample_app.settings import Settings

Validate = Callable[[JsonValue], Batch]
Transform = Callable[[Batch], Outcome]


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """One version. ``looks_up``: the reference service is asked about the source of a batch."""

    version: Version
    validate: Validate
    transform: Transform
    answer: Callable[[StoredBatch], str]
    entry: Callable[[StoredBatch], bytes]
    looks_up: bool


def editions(settings: Settings) -> Mapping[Version, Edition]:
    """Build every version for these settings."""
    return {
        "v1": Edition(
            version="v1",
            validate=partial(documents_v1.batch_from, documents_v1.batch_request(settings)),
            transform=rules_v1.transform,
            answer=documents_v1.answer_text,
            entry=documents_v1.entry_of,
            looks_up=False,
        ),
        "v2": Edition(
            version="v2",
            validate=partial(documents_v2.batch_from, documents_v2.batch_request(settings)),
            transform=rules_v2.transform,
            answer=partial(documents_v2.answer_text, form=documents_v2.FORMS[settings.release]),
            entry=documents_v2.entry_of,
            looks_up=True,
        ),
    }
