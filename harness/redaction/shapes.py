"""The shapes of secrets that are known by sight, a line each: what the issuer puts before it, and what is secret of it.

What stands before the secret part stays, so that people see what kind of thing was left out. A UUID and a digest are no
secrets by their shape; where one is, its name or a pattern of the configuration says so.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator

from harness.model.records import record
from harness.redaction.entropy import BEGINNING

OF_TOKENS = ("test", "zz")
"""Top-level domains of nobody (RFC 2606; a user-assigned code) at which the addresses are that stand for others."""

_NOBODYS = re.compile(r"(?:.*\.)?(?:example|invalid|localhost|example\.(?:com|net|org))", re.IGNORECASE)

_CARD_LENGTHS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:6011|65\d\d|64[4-9]\d)\d{12}"
    r"|35\d{14}"
)


@record
class Shape:
    """A kind of secret known by sight: ``holds`` looks at a whole match, whose group ``secret`` is what is secret."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]


def luhn(text: str) -> bool:
    """Tell whether ``text`` is a card number: digits of a card's length and beginning that pass the Luhn check."""
    digits = re.sub(r"\D", "", text)
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return bool(_CARD_LENGTHS.fullmatch(digits)) and sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mod_97(text: str) -> bool:
    """Tell whether ``text`` is an IBAN: ISO 13616, its check digits right."""
    bare = re.sub(r"\s", "", text).upper()
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def segments(text: str) -> tuple[object, object] | None:
    """Return the header and the payload of a JSON Web Token, or None where ``text`` is none."""
    try:
        header, payload = (
            json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in text.split(".")[:2]
        )
    except ValueError:
        return None
    return (header, payload) if isinstance(header, dict) else None


def _nobodys(address: str) -> bool:
    return bool(_NOBODYS.fullmatch(re.split("@|%40", address)[-1]))


def _always(_: str) -> bool:
    return True


def _word(kind: str, before: str, secret: str, holds: Callable[[str], bool] = _always) -> Shape:
    pattern = rf"{BEGINNING}(?:{before})(?P<secret>{secret})(?![A-Za-z0-9])"
    return Shape(kind=kind, pattern=re.compile(pattern), holds=holds)


_KEY_BLOCK = (
    r"-----BEGIN (?P<what>(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----(?P<secret>.{16,}?)(?:-----END (?P=what)-----|\Z)"
)

SHAPES: tuple[Shape, ...] = (
    Shape(kind="private key", pattern=re.compile(_KEY_BLOCK, re.DOTALL), holds=_always),
    _word(
        "JSON Web Token",
        r"eyJ[\w-]{8,2000}\.",
        r"eyJ[\w-]{2,4000}\.[\w-]{8,1000}",
        lambda text: segments(text) is not None,
    ),
    _word("AWS access key", "AKIA|ASIA|ABIA|ACCA", "[A-Z0-9]{16}"),
    _word("Google API key", "AIza", r"[\w-]{35}"),
    _word("Google OAuth token", r"ya29\.", r"[\w-]{20,400}"),
    _word("Google OAuth secret", "GOCSPX-", r"[\w-]{28}"),
    _word("GitHub token", "gh[pousr]_", "[A-Za-z0-9]{36,255}"),
    _word("GitHub token", "github_pat_", r"\w{22,255}"),
    _word("GitLab token", "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-", r"[\w-]{20,400}"),
    _word("Slack token", r"xox[abeoprs](?:-\d)?-|xapp-\d-", r"[A-Za-z0-9-]{10,400}"),
    _word("Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/T", r"\w{6,400}/\w{6,400}/\w{16,400}"),
    _word("Discord webhook", r"discord(?:app)?\.com/api/webhooks/\d{6,400}/", r"[\w-]{40,400}"),
    _word("Stripe key", "[srp]k_(?:live|test)_", "[A-Za-z0-9]{16,400}"),
    _word("Stripe signing secret", "whsec_", "[A-Za-z0-9+/]{24,400}"),
    _word("npm token", "npm_", "[A-Za-z0-9]{36}"),
    _word("PyPI token", "pypi-", r"[\w-]{50,400}"),
    _word("SendGrid key", r"SG\.", r"[\w-]{16,32}\.[\w-]{16,64}"),
    _word("Twilio key", "SK", "[0-9a-f]{32}"),
    _word("Mailgun key", "key-", "[0-9a-f]{32}"),
    _word("Telegram bot token", r"\d{8,10}:AA", r"[\w-]{32,35}"),
    _word("OpenAI or Anthropic key", "sk-(?:proj-|svcacct-|ant-(?:api|admin)\\d\\d-)?", r"[\w-]{32,400}"),
    _word("Hugging Face token", "hf_", "[A-Za-z0-9]{30,400}"),
    _word("DigitalOcean token", "do[opr]_v1_", "[0-9a-f]{64}"),
    _word("HashiCorp Vault token", r"hv[sbr]\.", r"[\w-]{24,400}"),
    _word("Shopify token", "shp(?:at|ca|pa|ss)_", "[0-9a-fA-F]{32}"),
    _word("Docker token", "dckr_(?:pat|oat)_", r"[\w-]{27,400}"),
    _word("Databricks token", "dapi", "[0-9a-f]{32}"),
    _word("Atlassian token", "ATATT3", r"[\w-]{40,400}"),
    _word("Azure storage key", "AccountKey=", r"[A-Za-z0-9+/]{80,90}"),
    _word("age secret key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"),
    Shape(
        kind="card number",
        pattern=re.compile(r"(?<![.-])" + BEGINNING + r"(?P<secret>[2-6]\d(?:[ -]?\d){11,17})(?![A-Za-z0-9-]|\.\d)"),
        holds=luhn,
    ),
    Shape(
        kind="IBAN",
        pattern=re.compile(
            r"(?<!-)"
            + BEGINNING
            + r"[A-Z]{2}(?P<secret>\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?)(?![A-Za-z0-9-])"
        ),
        holds=mod_97,
    ),
    Shape(
        kind="e-mail address",
        pattern=re.compile(
            rf"(?<![.+%-]){BEGINNING}(?P<secret>[A-Za-z0-9][\w.+-]{{0,63}}(?:@|%40)"
            r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24})(?![A-Za-z0-9-])"
        ),
        holds=lambda text: not _nobodys(text),
    ),
)
"""Every shape that is known, in the order in which they are looked for."""

_HINTS = (
    *("PRIVATE KEY", "eyJ", "AKIA", "ASIA", "ABIA", "ACCA", "AIza", "ya29.", "GOCSPX-", "ghp_", "gho_", "ghu_", "ghs_"),
    *("ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-"),
    *("xox", "xapp-", "hooks.slack", "webhooks/", "k_live_", "k_test_", "whsec_", "npm_", "pypi-", "SG.", "SK", "key-"),
    *(
        ":AA",
        "sk-",
        "hf_",
        "dop_v1_",
        "doo_v1_",
        "dor_v1_",
        "hvs.",
        "hvb.",
        "hvr.",
        "shpat_",
        "shpca_",
        "shppa_",
        "shpss_",
    ),
    *("dckr_", "dapi", "ATATT3", "AccountKey=", "AGE-SECRET", "@", "%40"),
)
_OF_CARDS = re.compile(r"[2-6]\d(?:[ -]?\d){11}")
_OF_ACCOUNTS = re.compile(r"[A-Z]{2}\d{2} ?[A-Z0-9]{4}")


def may_show(text: str) -> bool:
    """Tell whether a secret could be known by its shape in ``text``: quick, and never wrong where it says no."""
    return any(hint in text for hint in _HINTS) or bool(_OF_CARDS.search(text) or _OF_ACCOUNTS.search(text))


def seen(text: str) -> Iterator[tuple[Shape, re.Match[str]]]:
    """Yield every secret that is known by its shape, with the kind that it is of."""
    for shape in SHAPES if may_show(text) else ():
        yield from ((shape, match) for match in shape.pattern.finditer(text) if shape.holds(match[0]))
