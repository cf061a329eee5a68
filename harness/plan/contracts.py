"""What a service declares about its operations, read from its OpenAPI document (3.0 and 3.1).

A document is input like any other: whatever it holds, reading it gives a contract. What cannot be
understood is left out, so that nothing is judged by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, urlsplit

from harness.model.messages import Headers, Request, placeholder
from harness.model.services import Operation, OperationContract, Route, Selector
from harness.mutations.pointers import parse, replaced
from harness.mutations.schema import Legality, compiled
from harness.plan.openapi import as_sent, followed, standalone

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def contracts(document: object, operations: tuple[Operation, ...]) -> tuple[OperationContract, ...]:
    """Return the contract of every operation; an empty one where ``document`` says nothing of it that can be read."""
    return tuple(_contract(document, operation) for operation in operations)


def accepts(contract: OperationContract, value: object) -> bool:
    """Whether the contract's schema allows ``value`` as the JSON body; True where it says nothing."""
    schema = compiled(contract.body)
    return schema is None or schema.judge(value) is not Legality.ILLEGAL


def valid_request(operation: Operation, event: int = 1) -> Request:
    """Return the operation's valid example as event number ``event``: every part of its identity is the placeholder."""
    identity = placeholder(event)
    target, headers = operation.route.path, operation.headers
    for selector in operation.event:
        target = _identified_target(target, selector, identity)
        if selector.place == "header":
            headers = _with_header(headers, selector.name, identity)
    body = _body(operation, identity)
    if operation.json is not None and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (("Content-Type", "application/json"), *headers)
    return Request(method=operation.route.method, target=target, headers=headers, body=body)


def _identified_target(target: str, selector: Selector, identity: str) -> str:
    """Return the request target with the identity where a ``path`` or ``query`` selector points."""
    if selector.place == "path":
        return target.replace("{" + selector.name + "}", identity)
    if selector.place != "query":
        return target
    path, _, query = target.partition("?")
    name = quote(selector.name, safe="")
    others = [part for part in query.split("&") if part and part.partition("=")[0] != name]
    return f"{path}?{'&'.join([*others, f'{name}={identity}'])}"


def _with_header(headers: Headers, name: str, value: str) -> Headers:
    """Return ``headers`` with exactly one field called ``name``, where the first of that name stood or last."""
    kept = [(key, text) for key, text in headers if key.lower() != name.lower()]
    places = [index for index, (key, _) in enumerate(headers) if key.lower() == name.lower()]
    kept.insert(places[0] if places else len(kept), (name, value))
    return tuple(kept)


def _body(operation: Operation, identity: str) -> bytes:
    """Return the bytes of the example; a JSON one is written in UTF-8 with the identity at its pointers."""
    if operation.json is None:
        return operation.body or b""
    document: object = operation.json
    for selector in operation.event:
        if selector.place == "json":
            document = replaced(document, parse(selector.name, document), identity)
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def _contract(document: object, operation: Operation) -> OperationContract:
    """Return what ``document`` says of one operation."""
    empty = OperationContract(operation=operation.name)
    if not isinstance(document, dict):
        return empty
    item = path_item(document, operation.route)
    try:
        declared = followed(document, item.get(operation.route.method.lower()))
    except ValueError:
        return replace(empty, methods=_methods(item))
    headers = _header_parameters(document, item, declared)
    found = replace(
        empty,
        methods=_methods(item),
        statuses=_statuses(declared),
        header_limits=dict(_header_limits(document, headers)),
        required_headers=tuple(sorted(name for name, header in headers.items() if header.get("required") is True)),
    )
    return _with_body(found, document, declared)


def _methods(item: Mapping[str, object]) -> tuple[str, ...]:
    """Return the methods that a path item declares."""
    return tuple(method.upper() for method in _METHODS if method in item)


def path_item(document: dict[str, object], route: Route) -> Mapping[str, object]:
    """Return the path item whose template matches best: the one with the most literal segments."""
    paths = document.get("paths")
    if not isinstance(paths, dict):
        return {}
    target = route.path.partition("?")[0]
    ranked = [
        (literal, -len(str(template)), str(template))
        for template in paths
        for base in bases(document)
        if (literal := _matching(base + as_sent(str(template)), target)) >= 0
    ]
    if not ranked:
        return {}
    try:
        return followed(document, paths[max(ranked)[2]])
    except ValueError:
        return {}


def bases(document: dict[str, object]) -> tuple[str, ...]:
    """Return the path prefixes of the document's servers, the empty one first."""
    servers = document.get("servers")
    urls = [server.get("url") for server in servers if isinstance(server, dict)] if isinstance(servers, list) else []
    found = {""}
    for url in urls:
        try:
            found.add(urlsplit(str(url)).path.rstrip("/"))
        except ValueError:
            continue
    return tuple(sorted(found))


def _matching(template: str, path: str) -> int:
    """Return how many segments of ``path`` stand literally in ``template``; -1 where it does not match."""
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return -1
    literal = 0
    for pattern, segment in zip(wanted, given, strict=True):
        if pattern == segment:
            literal += 1
        elif not (pattern.startswith("{") and pattern.endswith("}") and segment):
            return -1
    return literal


def _statuses(declared: Mapping[str, object]) -> tuple[int, ...]:
    """Return the documented status codes that are numbers (``default`` and ``4XX`` are not)."""
    responses = declared.get("responses")
    codes = [str(code) for code in responses] if isinstance(responses, dict) else []
    return tuple(sorted(int(code) for code in codes if code.isascii() and code.isdecimal() and len(code) == 3))


Parameters = Mapping[str, Mapping[str, object]]


def _header_parameters(
    document: dict[str, object], item: Mapping[str, object], declared: Mapping[str, object]
) -> Parameters:
    """Return the header parameters by lower-case name; those of the operation override those of the path."""
    found: dict[str, Mapping[str, object]] = {}
    for source in (item, declared):
        listed = source.get("parameters")
        for raw in listed if isinstance(listed, list) else []:
            try:
                parameter = followed(document, raw)
            except ValueError:
                continue
            if parameter.get("in") == "header":
                found[str(parameter.get("name")).lower()] = parameter
    return found


def _header_limits(document: dict[str, object], parameters: Parameters) -> Iterator[tuple[str, int]]:
    """Yield the documented maxLength of header parameters."""
    for name, parameter in parameters.items():
        try:
            limit = followed(document, parameter.get("schema")).get("maxLength")
        except ValueError:
            continue
        if isinstance(limit, int) and limit > 0:
            yield name, limit


def _with_body(
    found: OperationContract, document: dict[str, object], declared: Mapping[str, object]
) -> OperationContract:
    """Return ``found`` with what the request body declares."""
    try:
        body = followed(document, declared.get("requestBody"))
    except ValueError:
        return found
    content = body.get("content")
    media = {str(name).lower(): value for name, value in content.items()} if isinstance(content, dict) else {}
    limit = body.get("x-max-body-bytes")
    return replace(
        found,
        body=_json_schema(document, media),
        body_required=body.get("required") is True,
        media_types=tuple(media),
        body_limit=limit if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0 else 0,
    )


def _json_schema(document: dict[str, object], media: Mapping[str, object]) -> object:
    """Return the schema of the JSON request body, able to stand alone; None where there is none that is sound."""
    for name, value in media.items():
        kind = name.partition(";")[0].strip()
        if (kind == "application/json" or kind.endswith("+json")) and isinstance(value, dict):
            try:
                schema = standalone(document, value.get("schema"))
            except (ValueError, RecursionError):
                # A document nested hundreds deep exhausts the stack here: it is garbage, not our bug.
                return None
            return schema if compiled(schema) is not None else None
    return None
