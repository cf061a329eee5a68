"""Every value is compared with every other one of its batch, to tell of likely repetitions.

Family: load. Found by: L15 (size-costs-in-proportion).
In real life: a hint in the log, asked for by the people who clean the data, and free for the batches of a dozen that
they had tried. The first importer that used the documented thousand values took the service down with twenty
requests.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from sample_app.defects.kind import Defect
from sample_app.editions import Transform
from sample_app.parts import Parts, with_edition
from sample_app.records import Accepted, Batch, Outcome
from sample_app.settings import Settings
from sample_app.store.database import Database


def same(one: str, other: str) -> bool:
    """Tell whether two values differ in case and white space at most."""
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def repetitions(items: tuple[Accepted, ...]) -> Iterator[tuple[int, int]]:
    """Yield the places of values that are likely the same, each with the first of them."""
    for place, item in enumerate(items):
        first = next((earlier for earlier, other in enumerate(items[:place]) if same(item.value, other.value)), None)
        if first is not None:
            yield first, place


def telling(transform: Transform) -> Transform:
    """Wrap the rules so that likely repetitions are told; they stay what they are."""
    log = logging.getLogger(__name__)

    def transform_and_tell(batch: Batch) -> Outcome:
        """Apply the rules, then look for repetitions."""
        outcome = transform(batch)
        for first, place in repetitions(outcome.accepted):
            log.info("values %d and %d look the same", first, place)
        return outcome

    return transform_and_tell


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Look for repetitions in every version."""
    for version, edition in parts.editions.items():
        parts = with_edition(parts, version, transform=telling(edition.transform))
    return parts


PAIRS_OF_VALUES = Defect(
    name="pairs-of-values",
    family="load",
    entry="L15",
    check="size-costs-in-proportion",
    combination=False,
    story="A hint at likely repetitions was free for the batches of a dozen that had been tried. The first importer "
    "that used the documented thousand values took the service down with twenty requests.",
    install=install,
)
