"""What of a record is a secret or stands for one: each value once, by its kind."""

from __future__ import annotations

import re

from harness.model.messages import Headers, Request, Wire
from harness.redaction.names import rules
from harness.redaction.records import Secrets, walk
from harness.redaction.redact import REDACTED, is_secret
from harness.redaction.spans import NAMED, secret_spans

_OWN_LINE = re.compile(r"^(?P<name>[\w-]+)[ \t]*:[ \t]*" + re.escape(REDACTED) + r"\r?$", re.MULTILINE)


class Found:
    """What was found: the values of each kind, and the headers that their operation's configuration gives."""

    whole = True

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self.values: dict[str, set[str]] = {}
        self.own: dict[str, None] = {}

    def octets(self, value: bytes) -> bytes:
        """Look at the bytes of a message or a body."""
        self.text(value.decode("latin-1"))
        return value

    def headers(self, value: Headers) -> Headers:
        """Look at header fields."""
        for name, text in value:
            if text == REDACTED:
                self.own[name] = None
            elif is_secret(name, self._secrets):
                self._note(NAMED, text)
            else:
                self.text(text)
        return value

    def text(self, value: str) -> str:
        """Look at any other text."""
        for span in secret_spans(value, rules(self._secrets)):
            self._note(span.kind, value[span.start : span.end].strip(span.quotes))
        return value

    def named(self, name: str, value: object) -> tuple[bool, object]:
        """Look at a member of a JSON object."""
        secret = is_secret(name, self._secrets) and value not in (None, True, False)
        if secret:
            self._note(NAMED, str(value))
        return secret, value

    def message(self, value: Request | Wire, _: str) -> Request | Wire:
        """Look at exact bytes as one, however they are cut; a well-formed request is looked at by its parts."""
        if isinstance(value, Wire):
            text = value.data.decode("latin-1")
            self.own |= dict.fromkeys(match["name"] for match in _OWN_LINE.finditer(text))
            self.text(text)
        return value

    def word(self, value: str) -> str:
        """Look at a word of a load's body: it was looked at there."""
        return value

    def _note(self, kind: str, value: str) -> None:
        if value and value != REDACTED:
            self.values.setdefault(kind, set()).add(value)


def found_in(value: object, secrets: Secrets) -> Found:
    """Return what of a record is secret, or a token in the place of what was."""
    found = Found(secrets)
    walk(value, found)
    return found
