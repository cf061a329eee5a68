"""The versions of the interface and what each promises: data, from which headers, OpenAPI and docs are made.

A published version never changes its meaning. One that is declared old says so in every answer under its address,
errors and replays included, with three headers: ``Deprecation`` (RFC 9745: since when), ``Sunset`` (RFC 8594: when it
will end) and ``Link`` (RFC 8288, relation successor-version of RFC 5829: where to go). They change nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Flask, Response, request

from sample_app.contract_kind import Contract
from sample_app.records import Version

Headers = Mapping[str, str]
VersionHeaders = Callable[[str], Headers]

CONTRACT = Contract(
    name="version",
    input=("The address of any request, and any answer to it.",),
    guarantees=(
        "Every answer under a version that is declared old says since when, until when, and what follows.",
        "Nothing else about that version changes: not a byte of a body, not a status.",
    ),
    non_goals=("A version is in the address, never in a header.",),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Farewell:
    """How a version ends: old since, gone after (both UTC), and what comes in its place."""

    since: datetime
    sunset: datetime
    successor: Version


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionState:
    """A published version; ``farewell`` is None while it is current."""

    version: Version
    farewell: Farewell | None = None

    @property
    def state(self) -> str:
        """Name the state."""
        return "current" if self.farewell is None else "deprecated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One question that a client has, and what each version answers, for as long as that version lives."""

    question: str
    v1: str
    v2: str


VERSIONS: Mapping[Version, VersionState] = {
    "v1": VersionState(
        version="v1",
        farewell=Farewell(
            since=datetime(2026, 11, 1, tzinfo=UTC), sunset=datetime(2027, 11, 1, tzinfo=UTC), successor="v2"
        ),
    ),
    "v2": VersionState(version="v2"),
}

SAME = "as v1"
PROMISES: tuple[Promise, ...] = (
    Promise(question="what is sent", v1="`source`, `values`: texts", v2="`source`, `items`: `id`, `value`, `label`"),
    Promise(question="a value that holds something", v1="accepted, stripped at both ends", v2=SAME),
    Promise(question="an empty value", v1="rejected `blank`", v2="rejected `empty`"),
    Promise(question="a value of white space", v1="rejected `blank`", v2="rejected `blank`"),
    Promise(question="a null value", v1="422 for the whole document", v2="rejected `null`"),
    Promise(question="a missing value", v1="there is no such thing", v2="rejected `missing`"),
    Promise(question="a label that holds something", v1="there are no labels", v2="kept exactly as sent"),
    Promise(question="an empty label", v1="there are no labels", v2='legal, kept as `""`'),
    Promise(question="a label of white space", v1="there are no labels", v2="item rejected `label-blank`"),
    Promise(question="a null label", v1="there are no labels", v2="label cleared: null in the result"),
    Promise(question="a missing label", v1="there are no labels", v2="no label in the result"),
    Promise(question="what names an item", v1="its index", v2="its `id`, unique in its batch, and its index"),
    Promise(
        question="shape of the answer",
        v1="`received`, `accepted`: values, `rejected`: index and reason",
        v2="`totals`, `results`: one for each item, in the order sent",
    ),
    Promise(
        question="about the sender",
        v1="`source`, as sent",
        v2="`source.name` as sent, `source.title` from the reference service, `source.degraded` when it was not had",
    ),
    Promise(
        question="entry at the ledger",
        v1="`batch_id`, `source`, `values`",
        v2="`batch_id`, `source`, `totals`, `items`: `id`, `value`, `label` unless it was missing",
    ),
    Promise(question="nothing accepted", v1="stored, 201, no entry", v2=SAME),
    Promise(question="order", v1="the order sent", v2=SAME),
    Promise(question="the same Idempotency-Key again", v1="the same answer, one entry", v2=SAME),
    Promise(question="one key in both versions", v1="two events: keys belong to their version", v2=SAME),
    Promise(question="a batch of the other version", v1="404", v2="404"),
    Promise(question="unknown fields, wrong types", v1="422 for the whole document", v2=SAME),
)


def version_headers(path: str) -> Headers:
    """Return what every answer under an address says of its version: nothing, unless the version is declared old."""
    state = next((one for one in VERSIONS.values() if is_under(path, one.version)), None)
    return {} if state is None or state.farewell is None else farewell_headers(state.farewell)


def is_under(path: str, version: Version) -> bool:
    """Tell whether an address belongs to a version, whether or not anything is there."""
    return path == f"/{version}" or path.startswith(f"/{version}/")


def farewell_headers(farewell: Farewell) -> Headers:
    """Write the headers: a structured date, an HTTP date, a link."""
    return {
        "Deprecation": f"@{int(farewell.since.timestamp())}",
        "Sunset": format_datetime(farewell.sunset, usegmt=True),
        "Link": f'</{farewell.successor}/batches>; rel="successor-version"',
    }


def register_versions(app: Flask, headers: VersionHeaders) -> None:
    """Put the headers on every answer of the app, whoever made it."""

    @app.after_request
    def tell(response: Response) -> Response:
        """Say what is to be known of the version."""
        response.headers.update(headers(request.path))
        return response


def versions_table() -> str:
    """Write the state of each version as a Markdown table."""
    rows = [f"| {one.version} | {one.state} | {' | '.join(ending(one.farewell))} |" for one in VERSIONS.values()]
    return "\n".join(["| version | state | old since | ends | successor |", "|---|---|---|---|---|", *rows])


def ending(farewell: Farewell | None) -> tuple[str, str, str]:
    """Write since when a version is old, when it ends, and what follows; nothing of one that is current."""
    if farewell is None:
        return "", "", ""
    return f"{farewell.since:%Y-%m-%d}", f"{farewell.sunset:%Y-%m-%d}", farewell.successor


def promises_table() -> str:
    """Write what each version promises as a Markdown table."""
    rows = [f"| {one.question} | {one.v1} | {one.v2} |" for one in PROMISES]
    return "\n".join(["| question | v1 | v2 |", "|---|---|---|", *rows])
