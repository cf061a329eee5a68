"""Records without their secrets: ``[redacted]`` in what is read, tokens in what is sent again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import accumulate
from operator import is_not
from typing import Any, Protocol, TypeVar

from harness.model.messages import Headers, Request, Wire
from harness.model.records import record
from harness.model.services import Configuration
from harness.model.wire import rechunked
from harness.redaction.own import without_own
from harness.redaction.redact import (
    REDACTED,
    is_secret,
    redact_bytes,
    redact_headers,
    redact_text,
    tokenise_bytes,
    tokenise_headers,
    tokenise_text,
)
from harness.redaction.tokens import Tokens

Kept = TypeVar("Kept")

BASE64 = "base64:"
"""What stands before bytes in a setting of a fault (:mod:`harness.model.recorded`)."""

Secrets = tuple[str, ...]


def redacted(value: Kept, secrets: Secrets) -> Kept:
    """Return a record with ``[redacted]`` for the secrets in every message, header, example and log line of it."""
    return walk(value, _Masking(secrets=secrets))


def tokenised(value: Kept, tokens: Tokens, configuration: Configuration) -> Kept:
    """Return a record, which is sent again, with tokens for the secrets in it: of a plan, a case, a capture.

    What a message carries because the configuration gives it to its operation is named ``[redacted]`` instead: it is
    filled in again when it is sent (:mod:`harness.redaction.own`).
    """
    own = {operation.name: operation.headers for operation in configuration.operations}
    return walk(value, _Tokenising(secrets=configuration.secrets, tokens=tokens, own=own))


def walk(value: Kept, way: Way) -> Kept:
    """Return a record with what ``way`` makes of every field that may hold a secret."""
    clean: Kept = _walk("", value, way)
    return clean


class Way(Protocol):
    """How each kind of field is made clean. ``whole``: :meth:`message` leaves nothing to do in exact bytes."""

    @property
    def whole(self) -> bool:
        """Tell whether exact bytes are done with."""
        ...

    def octets(self, value: bytes) -> bytes:
        """Return the bytes of a message or a body."""
        ...

    def headers(self, value: Headers) -> Headers:
        """Return header fields."""
        ...

    def text(self, value: str) -> str:
        """Return any other text."""
        ...

    def named(self, name: str, value: object) -> tuple[bool, object]:
        """Tell whether ``value`` is secret by its name, and what stands for it."""
        ...

    def message(self, value: Request | Wire, operation: str) -> Request | Wire:
        """Return the message of a step of ``operation``."""
        ...

    def word(self, value: str) -> str:
        """Return what stands for a word that is secret."""
        ...


@record
class _Masking:
    secrets: Secrets
    whole: bool = False

    def octets(self, value: bytes) -> bytes:
        return redact_bytes(value, self.secrets)

    def headers(self, value: Headers) -> Headers:
        return redact_headers(value, self.secrets)

    def text(self, value: str) -> str:
        return redact_text(value, self.secrets)

    def named(self, name: str, value: object) -> tuple[bool, object]:
        secret = is_secret(name, self.secrets)
        return secret, REDACTED if secret else value

    def message(self, value: Request | Wire, _: str) -> Request | Wire:
        return value

    def word(self, value: str) -> str:
        return value  # of a plan that is kept, and so a token already


@record
class _Tokenising:
    secrets: Secrets
    tokens: Tokens
    own: Mapping[str, Headers]
    whole: bool = True

    def octets(self, value: bytes) -> bytes:
        return tokenise_bytes(value, self.tokens, self.secrets)

    def headers(self, value: Headers) -> Headers:
        return tokenise_headers(value, self.tokens, self.secrets)

    def text(self, value: str) -> str:
        return tokenise_text(value, self.tokens, self.secrets)

    def named(self, name: str, value: object) -> tuple[bool, object]:
        secret = is_secret(name, self.secrets) and value is not None and not isinstance(value, bool)
        return secret, self._leaf(value) if secret else value

    def _leaf(self, value: object) -> object:
        """Return a JSON value under a secret name with a token for each text and number in it."""
        if isinstance(value, dict):
            return {name: self._leaf(child) for name, child in value.items()}
        if isinstance(value, list):
            return [self._leaf(child) for child in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return int(self.tokens.token(str(value)))
        return self.tokens.token(value) if isinstance(value, str) else value

    def word(self, value: str) -> str:
        return self.tokens.token(value)

    def message(self, value: Request | Wire, operation: str) -> Request | Wire:
        """Return a message without what is its operation's own; exact bytes are looked at as one, however cut."""
        own = without_own(value, self.own.get(operation, ()), self.secrets)
        if isinstance(own, Request):
            return own
        clean = self.octets(own.data)  # as long as it was
        ends = accumulate(len(chunk.data) for chunk in own.chunks)
        return rechunked(own, [clean[end - len(c.data) : end] for end, c in zip(ends, own.chunks, strict=True)])


def _walk(name: str, value: Any, way: Way) -> Any:
    """Make one value clean by the name of the field that holds it, going down into records and tuples."""
    if name in _BY_FIELD and value is not None:
        return _BY_FIELD[name](value, way)
    if isinstance(value, tuple):
        items = tuple(_walk("", item, way) for item in value)
        return items if any(map(is_not, items, value)) else value
    if not is_dataclass(value) or isinstance(value, type) or (isinstance(value, Wire) and way.whole):
        return value
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    clean = {name: _walk(name, part, way) for name, part in (held | _message(held, way)).items()}
    clean |= _words(clean, way)
    changes = {name: part for name, part in clean.items() if part is not held[name]}
    return replace(value, **changes) if changes else value


def _message(held: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """Return the message of a record, if it has one, without what is its operation's own."""
    message, operation = held.get("message"), held.get("operation")
    if not isinstance(message, Request | Wire):
        return {}
    return {"message": way.message(message, operation if isinstance(operation, str) else "")}


def _words(clean: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """Return the words of a load's body that each request has others of; of those that were secret, the tokens."""
    message, words = clean.get("message"), clean.get("tokens")
    if not isinstance(words, tuple) or not isinstance(message, Request | Wire):
        return {}
    data = message.body if isinstance(message, Request) else message.data
    made = tuple(word if word.encode() in data else way.word(word) for word in words)
    return {} if made == words else {"tokens": made}


def _json(value: object, way: Way) -> object:
    """Clean a JSON value: what stands under a secret name, and secrets inside strings."""
    if isinstance(value, dict):
        return {key: _member(key, child, way) for key, child in value.items()}
    if isinstance(value, list):
        return [_json(child, way) for child in value]
    return way.text(value) if isinstance(value, str) else value


def _member(key: str, child: object, way: Way) -> object:
    secret, instead = way.named(key, child)
    return instead if secret else _json(child, way)


def _env(value: object, way: Way) -> object:
    return {key: _member(key, text, way) for key, text in value.items()} if isinstance(value, Mapping) else value


def _settings(value: object, way: Way) -> object:
    """Clean the texts among the settings of a fault: an answer that was recorded has its headers and body there."""
    if not isinstance(value, Mapping) or not any(isinstance(each, str) for each in value.values()):
        return value
    return {name: _text(each, way) if isinstance(each, str) else each for name, each in value.items()}


def _text(value: str, way: Way) -> str:
    """Clean a text, or the bytes that it holds in base64."""
    if not value.startswith(BASE64):
        return way.text(value)
    try:
        data = base64.b64decode(value.removeprefix(BASE64), validate=True)
    except binascii.Error:
        return way.text(value)
    return BASE64 + base64.b64encode(way.octets(data)).decode("ascii")


_BY_FIELD: dict[str, Callable[[Any, Way], Any]] = {
    "data": lambda value, way: way.octets(value),
    "body": lambda value, way: way.octets(value) if isinstance(value, bytes) else value,
    "headers": lambda value, way: way.headers(value),
    "path": lambda value, way: way.text(value),
    "url": lambda value, way: way.text(value),
    "command": lambda value, way: tuple(map(way.text, value)) if isinstance(value, tuple) else value,
    "target": lambda value, way: way.text(value),
    "text": lambda value, way: way.text(value) if isinstance(value, str) else way.octets(value),
    "detail": lambda value, way: way.text(value),
    "log": lambda value, way: tuple(map(way.text, value)),
    "statements": lambda value, way: tuple(map(way.text, value)),
    "json": _json,
    "settings": _settings,
    "env": _env,
}
"""How to clean a field by its name; what is not named here holds no text of the service or its clients."""
