"""The valid request that every malformation is made from, and the ways to rebuild it with one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from harness.model.messages import Request, placeholder
from harness.model.records import record
from harness.model.services import Operation, OperationContract
from harness.mutations.pointers import Path, parse, places, replaced
from harness.mutations.schema import BodySchema, Legality, compiled

IDENTITY = placeholder(1)
"""The identity that the message of trouble carries."""

BYSTANDER = placeholder(3)
"""A second identity for messages that carry two (event 2 is the valid request that follows the trouble)."""

_MARK = "\ue000harness\ue000"
"""Stands in a document for raw bytes to come; private use characters that no example holds."""


@record
class Specimen:
    """A valid request of an operation and what is declared about it.

    ``request`` carries :data:`IDENTITY`. ``document`` is its JSON body (``is_json`` false: it has none). ``bystander``
    is a request without effect, to be sent behind another one on the same connection. ``methods`` are those that the
    path is known to serve, empty where that is not declared. ``schema`` is None where none is declared or
    where it refuses the valid example itself: then it is no oracle.
    """

    operation: Operation
    contract: OperationContract
    request: Request
    bystander: Request
    methods: tuple[str, ...] = ()
    document: object = None
    is_json: bool = False
    schema: BodySchema | None = None

    def with_body(self, body: bytes) -> Request:
        """Return the request with other bytes as its body."""
        return replace(self.request, body=body)

    def with_json(self, document: object) -> Request:
        """Return the request with another JSON body."""
        return self.with_body(rendered(document))

    def with_raw(self, path: Path, raw: bytes) -> Request:
        """Return the request with the bytes ``raw`` in place of the JSON value at ``path``."""
        marked = rendered(replaced(self.document, path, _MARK))
        return self.with_body(marked.replace(rendered(_MARK), raw, 1))

    def with_member(self, raw: bytes) -> Request:
        """Return the request with ``raw`` (name, colon and value) as a further member of its JSON object."""
        start = self.request.body.rstrip()[:-1]
        return self.with_body(start + (b", " if self.document else b"") + raw + b"}")

    def with_header(self, name: str, *values: str) -> Request:
        """Return the request with one field line per value where ``name`` stood; no value: without the field."""
        headers = self.request.headers
        first = next((i for i, (key, _) in enumerate(headers) if key.lower() == name.lower()), len(headers))
        kept = [field for field in headers if field[0].lower() != name.lower()]
        kept[first:first] = [(name, value) for value in values]
        return replace(self.request, headers=tuple(kept))

    def identity_paths(self) -> tuple[Path, ...]:
        """Return where in the JSON body the identity stands."""
        selectors = [selector for selector in self.operation.event if selector.place == "json"]
        return tuple(parse(selector.name, self.document) for selector in selectors) if self.is_json else ()

    def fields(self, most: int = 8) -> tuple[tuple[Path, object], ...]:
        """Return the places in the JSON body with their values, outermost first, one item of each list."""
        return tuple(places(self.document))[:most] if self.is_json else ()

    def members(self, most: int = 8) -> tuple[tuple[Path, object], ...]:
        """Return the places that are members of objects."""
        return tuple((path, value) for path, value in self.fields(64) if isinstance(path[-1], str))[:most]

    def leaves(self, most: int = 2) -> tuple[tuple[Path, object], ...]:
        """Return places with a scalar value that are no part of the identity."""
        return tuple(
            (path, value)
            for path, value in self.fields(64)
            if not isinstance(value, dict | list) and path not in self.identity_paths()
        )[:most]

    def texts(self, most: int = 2) -> tuple[tuple[Path, str], ...]:
        """Return places with a string value that are no part of the identity."""
        return tuple((path, value) for path, value in self.leaves(64) if isinstance(value, str))[:most]

    def texts_and_identity(self) -> tuple[tuple[Path, str], ...]:
        """Return those of :meth:`texts`, then every text of the identity: a key breaks a store like any other text."""
        identity = self.identity_paths()
        return *self.texts(), *(
            (path, text) for path, text in self.fields(64) if path in identity and isinstance(text, str)
        )

    def declared(self, path: Path) -> dict[str, object]:
        """Return the subschema of a value that is not null at ``path``; {} where none is declared."""
        return self.schema.of_value(path) if self.schema else {}

    def judge(self, document: object) -> Legality:
        """Return what the declared schema says of ``document``; unsure where there is none."""
        return self.schema.judge(document) if self.schema else Legality.UNSURE


def specimen(
    operation: Operation,
    contract: OperationContract,
    request: Request,
    *,
    bystander: Request,
    methods: tuple[str, ...] = (),
) -> Specimen:
    """Return the specimen of ``request``, a valid example that carries :data:`IDENTITY`."""
    is_json, document = _parsed(request, operation)
    schema = compiled(contract.body) if is_json else None
    if schema is not None and schema.judge(document) is Legality.ILLEGAL:
        schema = None
    return Specimen(
        operation=operation,
        contract=contract,
        request=request,
        bystander=bystander,
        methods=methods,
        document=document,
        is_json=is_json,
        schema=schema,
    )


def rendered(document: object) -> bytes:
    """Return ``document`` as JSON bytes; characters beyond ASCII stand for themselves, lone surrogates as escapes."""
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(document, allow_nan=False).encode()


def _parsed(request: Request, operation: Operation) -> tuple[bool, object]:
    """Return whether the request has a JSON body, and its value."""
    media: Mapping[str, str] = {name.lower(): value for name, value in request.headers}
    if operation.json is None and "json" not in media.get("content-type", "").lower():
        return False, None
    try:
        return True, json.loads(request.body)
    except ValueError:
        return False, None
