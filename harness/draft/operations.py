"""The operations of a draft: each route that changes something, an example, and what makes two requests one event.

Pure: what the service serves and documents, and what was seen of its traffic, come in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from urllib.parse import unquote

from harness.config.routes import fields_of
from harness.config.values import is_name
from harness.draft.document import CHANGING, documented_routes
from harness.draft.drafts import Draft, Note
from harness.draft.examples import exemplified, key_of, requests_of
from harness.draft.keys import IDEMPOTENCY
from harness.model.captures import SeenExchange
from harness.model.records import record
from harness.model.services import Operation, OperationContract, Route, Selector
from harness.plan.contracts import contracts
from harness.targets.serving import Served

_NAMES = re.compile(
    r"(?i)(?:id|uuid|guid|key|number|reference|ref|(?:event|request|message|transaction|client|external|correlation)_?id"
    r"|idempotency_?key|.+_(?:reference|number|uuid))"
)
"""Members that tell one event from another, as people call them."""

UNSURE = "a guess: are two requests with the same one the same event? If not, say what is, or leave this out"
NO_EVENT = "say what makes two requests the same event, a header or a member: without it nothing is sent twice"


@record
class Known:
    """What is known of a service before anything is sent to it.

    ``served`` are its routes, ``document`` is its OpenAPI document (None: it has none), ``event_header`` the header of
    idempotency keys that its source reads, ``seen`` requests that somebody sent to it.
    """

    served: tuple[Served, ...] = ()
    document: object = None
    event_header: str = ""
    seen: tuple[SeenExchange, ...] = ()


def with_operations(draft: Draft, known: Known) -> Draft:
    """Return the draft with an operation for every route that changes something and can be asked for by itself."""
    routes = tuple(_routes(known))
    usable = [(route, name) for route, name, takes_any in routes if _identified(route, takes_any=takes_any)]
    bare = _named(usable)
    declared = contracts(known.document, bare)
    seen = requests_of(bare, known.seen)
    made = [
        exemplified(operation, contract, known.document, seen.get(operation.name))
        for operation, contract in zip(bare, declared, strict=True)
    ]
    draft = draft.of(operation for operation, _ in made).noted(*(note for _, notes in made for note in notes))
    for (operation, _), contract in zip(made, declared, strict=True):
        own = key_of(seen.get(operation.name))
        draft = _with_event(draft, operation, _declared_key(contract) or own, known.event_header)
    kept = {route for route, _ in usable}
    left = ", ".join(str(route) for route, *_ in routes if route not in kept)
    text = f"left out, as they need what is there already: {left}"
    return draft.noted(Note(place="operations", text=text)) if left else draft


def _routes(known: Known) -> Iterator[tuple[Route, str, bool]]:
    """Yield each route that changes something, with a name, and whether a UUID can stand wherever it varies.

    Those of the document where the service cannot tell.
    """
    if known.served:
        yield from ((one.route, one.name, one.open) for one in known.served if one.route.method in CHANGING)
    else:
        yield from ((route, name, True) for route, name in documented_routes(known.document))


def _identified(route: Route, *, takes_any: bool) -> bool:
    """Tell whether an identity fills the path: it has no part that varies, or a PUT has one that names what is put."""
    fields = fields_of(route.path)
    return not fields or (len(fields) == 1 and route.method == "PUT" and takes_any and is_name(fields[0]))


def _named(routes: Sequence[tuple[Route, str]]) -> tuple[Operation, ...]:
    """Return bare operations, named as told; where several have one name, or it is none, by method and path."""
    told = Counter(name for _, name in routes)
    found: dict[str, Operation] = {}
    for route, name in routes:
        plain = name if told[name] == 1 and is_name(name) else _by_path(route)
        free = next(each for each in chain([plain], (f"{plain}_{n}" for n in count(2))) if each not in found)
        found[free] = Operation(name=free, route=route)
    return tuple(found.values())


def _by_path(route: Route) -> str:
    words = re.findall(r"[A-Za-z0-9]+", unquote(route.path))
    return "_".join([route.method.lower(), *words])


def _declared_key(contract: OperationContract) -> str:
    """Return the header of idempotency keys that an operation's document requires; empty: none."""
    return next((name.title() for name in contract.required_headers if IDEMPOTENCY.fullmatch(name)), "")


def _with_event(draft: Draft, operation: Operation, own: str, header: str) -> Draft:
    """Return the draft with what makes two requests of an operation the same event, as far as that can be told.

    ``own`` is the header that its document requires or that it was seen with, ``header`` one that the source reads
    somewhere: of which operation it is nobody knows.
    """
    place = f"operations.{operation.name}.event"
    if fields := fields_of(operation.route.path):
        return with_event(draft, operation, Selector(place="path", name=fields[0]))
    if own:
        return with_event(draft, operation, Selector(place="header", name=own))
    member = guessed(operation)
    guess = Selector(place="header", name=header) if header else Selector(place="json", name=member)
    if header or member:
        return with_event(draft, operation, guess).noted(Note(place=place, text=UNSURE, decide=True))
    return draft.noted(Note(place=place, text=NO_EVENT, decide=True))


def with_event(draft: Draft, operation: Operation, *event: Selector) -> Draft:
    """Return the draft with another event of one operation; without a selector it has none."""
    operations = draft.configuration.operations
    return draft.of(replace(o, event=event) if o.name == operation.name else o for o in operations)


def guessed(operation: Operation) -> str:
    """Return the pointer of the member that most likely tells one event from another; empty: none is called so."""
    members = operation.json if isinstance(operation.json, dict) else {}
    resource = operation.route.path.rstrip("/").rpartition("/")[2].removesuffix("s").replace("-", "_")
    own = re.compile(rf"(?i){re.escape(resource)}_?id")
    named = [
        name
        for name, value in members.items()
        if isinstance(value, str) and (_NAMES.fullmatch(name) or own.fullmatch(name)) and not set(name) & set("~/")
    ]
    return f"/{named[0]}" if named else ""
