"""The rules that judged a sender's first batch judge all of its batches, as long as the process lives.

Family: version-compatibility. Found by: R10 (old-clients-keep-their-answers).
In real life: choosing rules was thought to cost something and was remembered for each sender. A company moved one of
its two systems to v2; the other, still on v1, was judged by whichever had called first after a deployment.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sample_app.defects.kind import Defect
from sample_app.editions import Edition, Transform
from sample_app.parts import Parts
from sample_app.records import Batch, Outcome
from sample_app.settings import Settings
from sample_app.store.database import Database

MOST_SENDERS = 10_000


def transform(remembered: dict[str, Transform], usual: Transform, batch: Batch) -> Outcome:
    """Apply the rules of the batch's sender."""
    if len(remembered) >= MOST_SENDERS:
        remembered.clear()
    return remembered.setdefault(batch.source, usual)(batch)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Remember the rules of each sender."""
    remembered: dict[str, Transform] = {}

    def remembering(edition: Edition) -> Edition:
        return replace(edition, transform=partial(transform, remembered, edition.transform))

    return replace(parts, editions={version: remembering(edition) for version, edition in parts.editions.items()})


RULES_OF_THE_SENDER = Defect(
    name="rules-of-the-sender",
    family="version-compatibility",
    entry="R10",
    check="old-clients-keep-their-answers",
    combination=True,
    story="Choosing rules was remembered for each sender. A company moved one of its two systems to v2; the other, "
    "still on v1, was judged by whichever had called first after a deployment.",
    install=install,
)
