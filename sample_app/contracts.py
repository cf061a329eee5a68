"""Every contract of the service, and the page that is made of them: docs/contract.md.

The contracts stand beside the code that they describe. ``python -m sample_app contract`` prints the page, and a test
compares it with the one that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from sample_app.contract_kind import Contract, Endpoint, errors_of, problems_by_status
from sample_app.errors import ROUTING
from sample_app.problems import KINDS, TYPE_PREFIX
from sample_app.releases import releases_table
from sample_app.routes.batches import ENDPOINTS as BATCHES
from sample_app.routes.health import ENDPOINTS as HEALTH
from sample_app.routes.metrics import ENDPOINTS as METRICS
from sample_app.routes.openapi import ENDPOINTS as OPENAPI
from sample_app.sweep import CONTRACT as SWEEP
from sample_app.versions import promises_table, versions_table

ENDPOINTS: tuple[Endpoint, ...] = (*BATCHES, *HEALTH, *METRICS, *OPENAPI)
WAY = max(ENDPOINTS, key=lambda endpoint: len(endpoint.stages)).stages  # the longest way gives the order of the stages
STAGES: tuple[Contract, ...] = tuple(
    dict.fromkeys([ROUTING, *WAY, *(stage for endpoint in ENDPOINTS for stage in endpoint.stages), SWEEP])
)

INTRODUCTION = """\
# The contract of the sample app

What each address and each stage takes, what holds afterwards, how it fails, and what it does not do. The contracts
stand as data beside the code; `python -m sample_app contract` prints this page, and a test keeps it current. The same
records give `/openapi.json` its statuses. Every error is problem+json (RFC 9457)."""

LAYERS = """\
Three layers of defence stand one behind the other, each in a room of its own, and each as if the others were not there:

| layer | rooms | stops | answer |
|---|---|---|---|
| strict ingress | `ingress/`, `documents/` | what is not whole, not JSON, not the contract | 4xx, nothing stored |
| explicit rules | `rules/` | single items, each with its reason | 201, the item is reported |
| post-conditions | `postconditions.py` | our own wrong result, before it is kept or sent | 500, alert |"""


def contract_page() -> str:
    """Write the page, in Markdown."""
    parts = [
        INTRODUCTION,
        f"## Versions\n\n{versions_table()}",
        f"What each version promises, for as long as it lives:\n\n{promises_table()}",
        f"What each release brings, and what it makes of what is stored already:\n\n{releases_table()}",
        f"## Layers\n\n{LAYERS}",
        "## Addresses",
        *map(endpoint_section, ENDPOINTS),
        "## Stages",
        *map(stage_section, STAGES),
        f"## Problems\n\nThe type of a problem is `{TYPE_PREFIX}<problem>`.\n\n{problems_table()}",
    ]
    return "\n\n".join(parts) + "\n"


def endpoint_section(endpoint: Endpoint) -> str:
    """Write the contract of an address."""
    way = " → ".join(stage.name for stage in endpoint.stages)
    statuses = [
        f"{status} {', '.join(f'`{slug}`' for slug, _kind in kinds)}"
        for status, kinds in problems_by_status(endpoint).items()
    ]
    lists = [
        listed("Takes", endpoint.input),
        listed("Afterwards", endpoint.guarantees),
        listed("Errors", statuses),
        listed("Not", endpoint.non_goals),
    ]
    answers = ", ".join(map(str, endpoint.answers))
    return "\n\n".join([f"### `{endpoint.name}`", f"Answers {answers}. Stages: {way}.", *filter(None, lists)])


def stage_section(stage: Contract) -> str:
    """Write the contract of a stage."""
    lists = [
        listed("Takes", stage.input),
        listed("Afterwards", stage.guarantees),
        listed("Errors", [f"{KINDS[slug].status} `{slug}`" for slug in stage.errors]),
        listed("Not", stage.non_goals),
    ]
    return "\n\n".join([f"### {stage.name}", *filter(None, lists)])


def listed(title: str, sentences: Iterable[str]) -> str:
    """Write a list under a title; nothing where there is nothing to say."""
    lines = [f"- {sentence}" for sentence in sentences]
    return "\n".join([f"{title}:", "", *lines]) if lines else ""


def problems_table() -> str:
    """Write every problem, its status, and the addresses that answer with it."""
    rows = [f"| `{slug}` | {kind.status} | {kind.title} | {', '.join(users(slug))} |" for slug, kind in KINDS.items()]
    return "\n".join(["| problem | status | title | answered by |", "|---|---|---|---|", *rows])


def users(slug: str) -> list[str]:
    """List who answers with a problem."""
    found = [f"`{endpoint.name}`" for endpoint in ENDPOINTS if slug in errors_of(endpoint)]
    if len(found) == len(ENDPOINTS):
        return ["every address"]
    return found or [stage.name for stage in STAGES if slug in stage.errors]
