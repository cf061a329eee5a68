"""Names whose values are secret, and the further rules of a configuration: names, patterns, and what is no secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from harness.model.records import record

SECRET_WORDS = (
    "password|passwd|passphrase|pwd|secret|token|session|apikey|accesskey|privatekey|signingkey|encryptionkey|accountkey"
    "|credential|authorization|cookie|cardnumber|creditcard|cvv|socialsecurity"
)
"""What stands in the name of a secret, in lower case and without marks."""

EXCEPTION = "!"
"""Stands before a name or a pattern that is no secret, in ``Configuration.secrets``."""

_LIKE_A_SECRET = re.compile(SECRET_WORDS)
_NOT_WORD = re.compile(r"[^a-z0-9]")
_WHOLE_NAMES = frozenset({"ssn", "cvc", "jwt"})
"""Names that are too short to be looked for inside of others."""


@record
class Rules:
    """What a configuration adds: names (lower case, no marks), patterns of values, and what is no secret of either."""

    names: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    harmless_names: frozenset[str]
    harmless: tuple[re.Pattern[str], ...]

    def secret_name(self, name: str) -> bool:
        """Tell whether values under ``name`` are never written."""
        bare = squeezed(name)
        if bare in self.harmless_names:
            return False
        return bool(_LIKE_A_SECRET.search(bare)) or bare in _WHOLE_NAMES or bare in self.names

    def harmless_value(self, value: str) -> bool:
        """Tell whether ``value`` was declared to be no secret, whatever it looks like."""
        return any(pattern.fullmatch(value) for pattern in self.harmless)


def rules(secrets: Iterable[str] = ()) -> Rules:
    """Return the rules of ``secrets``: names, patterns between slashes, with ``!`` in front where it is no secret."""
    return _rules(tuple(secrets))


def squeezed(name: str) -> str:
    """Return ``name`` in lower case with nothing but letters and digits: ``X-Api_Key`` is ``xapikey``."""
    return _NOT_WORD.sub("", name.lower())


def pattern_in(text: str) -> str | None:
    """Return the regular expression that stands between slashes, or None where ``text`` is a name."""
    return text[1:-1] if len(text) > len("//") and text.startswith("/") and text.endswith("/") else None


@lru_cache(maxsize=64)
def _rules(secrets: tuple[str, ...]) -> Rules:
    plain = [text for text in secrets if not text.startswith(EXCEPTION)]
    harmless = [text.removeprefix(EXCEPTION) for text in secrets if text.startswith(EXCEPTION)]
    return Rules(
        names=_names(plain), patterns=_patterns(plain), harmless_names=_names(harmless), harmless=_patterns(harmless)
    )


def _names(given: Iterable[str]) -> frozenset[str]:
    return frozenset(squeezed(text) for text in given if pattern_in(text) is None) - {""}


def _patterns(given: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for text in given if (pattern := pattern_in(text)) is not None)
