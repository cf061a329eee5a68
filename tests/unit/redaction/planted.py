"""Lookalikes of secrets, a kind each, built from parts: no line of this repository holds one."""

from __future__ import annotations

import base64
import json
import random
import string

_DRAW = random.Random("lookalikes")
_WORD = string.ascii_letters + string.digits
_UPPER = string.ascii_uppercase + string.digits
_HEX = "0123456789abcdef"


def drawn(length: int, alphabet: str = _WORD) -> str:
    """Return ``length`` characters of ``alphabet``, one of each class first."""
    return "aZ7"[: 3 if alphabet is _WORD else 0] + "".join(
        _DRAW.choice(alphabet) for _ in range(length - (3 if alphabet is _WORD else 0))
    )


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _card(beginning: str, length: int) -> str:
    """Return a number that passes the Luhn check."""
    body = beginning + drawn(length - len(beginning) - 1, string.digits)
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(reversed(body)))
    return body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def _iban(country: str, rest: str) -> str:
    """Return an account number whose check digits are right."""
    number = int("".join(str(int(c, 36)) for c in rest + country + "00"))
    return f"{country}{98 - number % 97:02d}{rest}"


SHAPED: dict[str, str] = {
    "AWS access key": "AK" + "IA" + drawn(16, _UPPER),
    "Google API key": "AI" + "za" + drawn(35),
    "Google OAuth token": "ya" + "29." + drawn(60),
    "Google OAuth secret": "GOC" + "SPX-" + drawn(28),
    "GitHub token": "gh" + "p_" + drawn(36),
    "GitLab token": "gl" + "pat-" + drawn(20),
    "Slack token": "xo" + "xb-" + drawn(12, string.digits) + "-" + drawn(24),
    "Slack webhook": "https://hooks.sl"
    "ack.com/services/T" + drawn(9, _UPPER) + "/B" + drawn(9, _UPPER) + "/" + drawn(24),
    "Stripe key": "sk" + "_live_" + drawn(24),
    "Stripe signing secret": "wh" + "sec_" + drawn(32),
    "npm token": "np" + "m_" + drawn(36),
    "PyPI token": "py" + "pi-" + drawn(90),
    "SendGrid key": "S" + "G." + drawn(22) + "." + drawn(43),
    "Twilio key": "S" + "K" + drawn(32, _HEX),
    "Mailgun key": "ke" + "y-" + drawn(32, _HEX),
    "Telegram bot token": drawn(9, "123456789") + ":A" + "A" + drawn(33),
    "OpenAI or Anthropic key": "s" + "k-proj-" + drawn(48),
    "Hugging Face token": "h" + "f_" + drawn(34),
    "DigitalOcean token": "do" + "p_v1_" + drawn(64, _HEX),
    "HashiCorp Vault token": "hv" + "s." + drawn(24),
    "Shopify token": "shp" + "at_" + drawn(32, _HEX),
    "Docker token": "dckr" + "_pat_" + drawn(27),
    "Databricks token": "da" + "pi" + drawn(32, _HEX),
    "Azure storage key": "Account" + "Key=" + drawn(86) + "==",
    "JSON Web Token": ".".join(
        (_segment({"alg": "HS256"}), _segment({"sub": "user-" + drawn(8), "exp": 1900000000}), drawn(43))
    ),
    "private key": f"-----BEGIN {'PRIVATE'} KEY-----\n{drawn(64)}\n{drawn(64)}\n-----END {'PRIVATE'} KEY-----",
    "card number": _card("4", 16),
    "IBAN": _iban("DE", drawn(18, string.digits)),
    "e-mail address": drawn(8) + "@mail." + "acme-corp.com",
    "word that looks drawn": drawn(40, _WORD + "+/"),
}
"""A lookalike of each kind that is known by sight."""
