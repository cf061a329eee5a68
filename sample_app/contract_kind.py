"""What a documentation contract is. Each stands as data beside the code that it describes; contracts.py collects them.

The errors are rows of problems.KINDS; an endpoint adds those of the stages that its requests run through, so nobody
lists a status by hand: /openapi.json and docs/contract.md are made from these records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sample_app.problems import KINDS, ProblemKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """What a stage takes, what holds afterwards, how it fails, and what it does not do. Each text is one sentence."""

    name: str
    input: tuple[str, ...]
    guarantees: tuple[str, ...]
    errors: tuple[str, ...] = ()
    non_goals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """The contract of an address with a method: what is its own, and the stages in the order a request meets them.

    ``answers`` are the statuses that carry a document of its own; ``errors`` those found in no stage.
    """

    method: str
    path: str
    answers: tuple[int, ...]
    input: tuple[str, ...]
    guarantees: tuple[str, ...]
    stages: tuple[Contract, ...]
    errors: tuple[str, ...] = ()
    non_goals: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name it as people do."""
        return f"{self.method} {self.path}"


def errors_of(endpoint: Endpoint) -> tuple[str, ...]:
    """List every problem that an endpoint can answer with, in the order in which a request can meet them."""
    slugs = [*(slug for stage in endpoint.stages for slug in stage.errors), *endpoint.errors]
    return tuple(dict.fromkeys(slugs))


def problems_by_status(endpoint: Endpoint) -> Mapping[int, tuple[tuple[str, ProblemKind], ...]]:
    """Group the problems of an endpoint by status, statuses rising."""
    kinds = [(slug, KINDS[slug]) for slug in errors_of(endpoint)]
    statuses = sorted({kind.status for _slug, kind in kinds})
    return {status: tuple((slug, kind) for slug, kind in kinds if kind.status == status) for status in statuses}
