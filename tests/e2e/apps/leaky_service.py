"""A shop that tells its secrets wherever a service can: in answers, calls, log lines, tracebacks. It charges twice, too.

It looks closely at what it gets, so that a case in which a secret lost its form would show something else.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import sys
from typing import Any

import requests
from flask import Flask, Response, jsonify, request

LEAKS: dict[str, str] = json.loads(os.environ["SHOP_SETTINGS"])
"""What the shop knows and should keep to itself, by kind."""

logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger("shop")
app = Flask(__name__)


@app.get("/health")
def health() -> Response:
    """Say that the shop is open."""
    return jsonify(status="open")


@app.post("/orders")
def order() -> tuple[Response, int]:
    """Charge for an order, each time anew; what does not look like an order is refused, loudly."""
    if request.headers.get("Authorization") != f"Bearer {os.environ['SHOP_TOKEN']}":
        return jsonify(error="who are you?"), 401
    given = request.get_data()
    try:
        wanted = json.loads(given)
    except ValueError as error:
        raise RuntimeError(f"no order in {given!r}, asked for with {dict(request.headers)}, I am {LEAKS}") from error
    if wrong := faults(wanted):
        return jsonify(error=wrong, given=wanted), 422
    log.info("order %s of %s", wanted["order"], json.dumps(wanted))
    log.info("session=%s token: %s %s", request.cookies.get("sid"), wanted["password"], " ".join(LEAKS.values()))
    return charged(wanted)


@app.post("/logins")
def login() -> tuple[Response, int]:
    """Take a form, with more in its query; each login is a charge."""
    if not (request.form.get("password") and request.args.get("access_token") and request.form.get("note")):
        return jsonify(error="incomplete", form=dict(request.form), query=dict(request.args)), 422
    log.info("login %s?%s", request.path, request.query_string.decode())
    return charged({**request.form, **request.args, "password": request.form["password"]})


@app.post("/uploads")
def upload() -> tuple[Response, int]:
    """Take parts, one of them a key; each upload is a charge."""
    key = request.form.get("private_key", "")
    if "PRIVATE KEY-----" not in key or not request.form.get("note"):
        return jsonify(error="no key", given=dict(request.form)), 422
    log.info("key %r", key)
    return charged(dict(request.form))


def charged(wanted: dict[str, Any]) -> tuple[Response, int]:
    """Charge, telling the provider all there is; answer with all that came of it."""
    answer = requests.post(
        os.environ["PAYMENTS_URL"] + "/charges?api_key=" + LEAKS["Stripe key"],
        json={"given": wanted, "password": wanted.get("password"), "own": LEAKS},
        headers={"X-Api-Key": LEAKS["SendGrid key"], "Authorization": f"Bearer {LEAKS['JSON Web Token']}"},
        timeout=1,
    )
    made = jsonify(charge=answer.json(), given=wanted, own=LEAKS)
    made.set_cookie("sid", LEAKS["GitHub token"], httponly=True)
    return made, 201


def faults(wanted: Any) -> str:
    """Say what is wrong with an order; empty: nothing is."""
    if not isinstance(wanted, dict) or not isinstance(wanted.get("order"), str):
        return "no order"
    try:
        claims = json.loads(base64.urlsafe_b64decode(wanted["ticket"].split(".")[1] + "=="))
        wellformed = (
            len(wanted["password"]) == len("correct-Horse-7-battery"),
            re.fullmatch(r"[a-z]+-[A-Z][a-z]+-\d-[a-z]+", wanted["password"]),
            luhn(wanted["card"]),
            re.fullmatch(r"[\w.]+@[\w.-]+\.[a-z]+", wanted["mail"]),
            claims["exp"] > 1_800_000_000,
            wanted["again"] == wanted["password"],
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return f"incomplete: {error!r}"
    return "" if all(wellformed) else "unsound"


def luhn(text: str) -> bool:
    """Tell whether a card number passes its check."""
    digits = [int(d) for d in reversed(text)]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * d, 10)) for d in digits[1::2]) % 10
