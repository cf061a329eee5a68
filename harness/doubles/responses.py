"""An answer as bytes on the wire (RFC 9112), framed by Content-Length."""

from __future__ import annotations

from http import HTTPStatus

from harness.model.messages import Headers
from harness.model.records import record

_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
"""Fields that the double itself writes: a scripted one would contradict the bytes that follow."""


@record
class Response:
    """A whole answer; ``headers`` without the framing fields, ``body`` without any coding."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    @property
    def may_carry_body(self) -> bool:
        """False for 1xx, 204 and 304, which end at their header block (RFC 9112, section 6.3)."""
        return self.status >= 200 and self.status not in (204, 304)

    def encoded(
        self, *, claimed: int | None = None, framing: str | None = None, keep: bool = True, head_only: bool = False
    ) -> bytes:
        """Return the bytes. ``claimed`` is a false Content-Length; ``head_only`` leaves out the body, as for HEAD.

        ``framing`` is a field line in place of Content-Length, empty: no line frames the body.
        """
        length = f"Content-Length: {len(self.body) if claimed is None else claimed}"
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}"]
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower() not in _FRAMING]
        if self.may_carry_body and framing != "":
            lines.append(framing or length)
        if not keep:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        return head if head_only or not self.may_carry_body else head + self.body


def json_response(status: int, text: str, headers: Headers = ()) -> Response:
    """Return an answer whose body is JSON ``text``; a Content-Type in ``headers`` stands."""
    typed = any(name.lower() == "content-type" for name, _ in headers)
    fields = headers if typed else (*headers, ("Content-Type", "application/json"))
    return Response(status=status, headers=fields, body=text.encode("utf-8"))


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
