"""The requests of a load as exact bytes, each with the identity and the tokens of its event. Pure."""

from __future__ import annotations

from harness.load.tokens import tokens
from harness.model.cases import Load
from harness.model.identities import identity
from harness.model.messages import Request, placeholder
from harness.model.records import record
from harness.model.wire import render


@record
class Filled:
    """One request as it goes out."""

    data: bytes
    identity: str
    tokens: tuple[str, ...]


@record
class Template:
    """The message of a load, ready to be filled in: the same event gives the same bytes."""

    head: bytes
    body: bytes
    texts: tuple[str, ...]
    case: str
    salt: str

    @staticmethod
    def of(step: Load, case: str, salt: str, authority: str) -> Template:
        """Return the template of ``step`` for ``authority``; TypeError where it sends no whole request."""
        if not isinstance(step.message, Request):
            raise TypeError("a load sends whole requests, not bytes on the wire")
        body = step.message.body
        head = render(step.message, authority).removesuffix(body)
        return Template(head=head, body=body, texts=step.tokens, case=case, salt=salt)

    def fill(self, event: int) -> Filled:
        """Return the request of event number ``event``; no length changes, so the framing stays true."""
        own = identity(self.salt, self.case, event)
        fresh = tokens(self.texts, self.salt, self.case, event)
        body = self.body
        for text, token in zip(self.texts, fresh, strict=True):
            body = body.replace(text.encode(), token.encode())
        symbol = placeholder(1).encode()
        return Filled(data=(self.head + body).replace(symbol, own.encode()), identity=own, tokens=fresh)
