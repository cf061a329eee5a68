"""The requests of a load as exact bytes, each with the identity and the tokens of its event. Pure."""

from __future__ import annotations

from harness.load.tokens import tokens
from harness.model.cases import Load
from harness.model.identities import identity
from harness.model.messages import Request, placeholder
from harness.model.records import record


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
        head = _head(step.message, authority)
        return Template(head=head, body=step.message.body, texts=step.tokens, case=case, salt=salt)

    def fill(self, event: int) -> Filled:
        """Return the request of event number ``event``; no length changes, so the framing stays true."""
        own = identity(self.salt, self.case, event)
        fresh = tokens(self.texts, self.salt, self.case, event)
        body = self.body
        for text, token in zip(self.texts, fresh, strict=True):
            body = body.replace(text.encode(), token.encode())
        symbol = placeholder(1).encode()
        return Filled(data=(self.head + body).replace(symbol, own.encode()), identity=own, tokens=fresh)


def _head(request: Request, authority: str) -> bytes:
    """Return request line and headers; Host comes first and the length last, each where it is not given (RFC 9112)."""
    given = {name.lower() for name, _ in request.headers}
    host = () if "host" in given else (("Host", authority),)
    bodiless = not request.body and request.method in ("GET", "HEAD", "DELETE", "OPTIONS")
    framed = bodiless or given & {"content-length", "transfer-encoding"}
    length = () if framed else (("Content-Length", str(len(request.body))),)
    lines = [f"{name}: {value}" for name, value in (*host, *request.headers, *length)]
    return "\r\n".join((f"{request.method} {request.target} HTTP/1.1", *lines, "", "")).encode("latin-1")
