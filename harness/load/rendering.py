"""The requests of a load as exact bytes, each with the identity and the tokens of its event. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from harness.load.tokens import tokens
from harness.model.identities import identity
from harness.model.messages import Request, placeholder
from harness.model.records import record
from harness.model.steps import Load, Part
from harness.model.wire import render


@record
class Filled:
    """One request as it goes out."""

    data: bytes
    identity: str
    tokens: tuple[str, ...]
    event: int


_FIELD = re.compile(rb"\{answer\.([^}]+)\}")


@record
class Template:
    """The message of a load or a part of it, ready to be filled in: the same event gives the same bytes.

    ``texts`` of a part that reads are those of the load's own message; ``stride`` is the most that any part has.
    """

    head: bytes
    body: bytes
    texts: tuple[str, ...]
    case: str
    salt: str
    stride: int = 0

    @staticmethod
    def of(step: Load | Part, case: str, salt: str, authority: str) -> Template:
        """Return the template of ``step`` for ``authority``; TypeError where it sends no whole request."""
        if not isinstance(step.message, Request):
            raise TypeError("a load sends whole requests, not bytes on the wire")
        body = step.message.body
        head = render(step.message, authority).removesuffix(body)
        return Template(head=head, body=body, texts=step.tokens, case=case, salt=salt)

    def fill(self, event: int) -> Filled:
        """Return the request of event number ``event``; no length changes, so the framing stays true."""
        own = identity(self.salt, self.case, event)
        fresh = tokens(self.texts, self.salt, self.case, event, self.stride)
        body = self.body
        for text, token in zip(self.texts, fresh, strict=True):
            body = body.replace(text.encode(), token.encode())
        symbol = placeholder(1).encode()
        return Filled(data=(self.head + body).replace(symbol, own.encode()), identity=own, tokens=fresh, event=event)

    def read(self, event: int, answer: object) -> Filled | None:
        """Return the request that reads back what event number ``event`` was answered; None where a field is missing.

        The tokens are those that the event was sent with: its own data is what a right read shows.
        """
        missing = False

        def field(match: re.Match[bytes]) -> bytes:
            nonlocal missing
            value = answer
            for name in match.group(1).decode().split("."):
                value = value.get(name) if isinstance(value, dict) else None
            missing = missing or value is None
            return quote(str(value), safe="").encode()

        data = _FIELD.sub(field, self.head)
        own = tokens(self.texts, self.salt, self.case, event, self.stride)
        return None if missing else Filled(data=data, identity="", tokens=own, event=event)


def templates(step: Load, case: str, salt: str, authority: str) -> Mapping[str, Template]:
    """Return the template of the load's own message (under the empty label) and of each of its parts."""
    found = {"": Template.of(step, case, salt, authority)}
    for part in step.parts:
        made = Template.of(part, case, salt, authority)
        found[part.label] = replace(made, texts=step.tokens) if part.reads else made
    return {label: replace(template, stride=stride(step)) for label, template in found.items()}


def stride(step: Load) -> int:
    """Return the most texts that the load's own message or any part of it has."""
    return max(len(step.tokens), *(len(part.tokens) for part in step.parts), 0)
