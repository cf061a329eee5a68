"""A service that nobody has described yet: what it takes and calls is seen, and a run begins with that."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.model.exits import Exit
from harness.model.services import Configuration
from tests.e2e.harness_run import ROOT, Ended, command

pytestmark = pytest.mark.server

BOOKINGS = ROOT / "docs" / "examples" / "bookings"


def begun(place: Path, *words: str) -> Ended:
    """Run ``harness init`` in a directory."""
    done = command("init", *words, directory=place)
    return Ended(exit=done.returncode, out=done.stdout, err=done.stderr, directory=place)


def shown(configuration: Configuration) -> dict[str, object]:
    """Return what a configuration says of calls and effects, but for what only people can know."""
    return {
        "calls": {
            (dependency.name, dependency.env, str(call.route).partition("{")[0], call.effect, call.key)
            for dependency in configuration.dependencies
            for call in dependency.calls
        },
        "operations": {(str(one.route), one.event, str(one.effect), str(one.read)) for one in configuration.operations},
        "ready": configuration.service.ready,
        "openapi": configuration.service.openapi,
        "watch": configuration.watch,
    }


def test_what_is_written_of_the_bookings_finds_their_mistakes(tmp_path: Path) -> None:
    """From one curl line to the critical finding: nothing was written by hand."""
    for name in ("bookings.py", "booking.curl"):
        shutil.copy(BOOKINGS / name, tmp_path)
    ended = begun(tmp_path, "--from", "booking.curl")
    assert ended.exit == Exit.PASS, ended.out + ended.err
    written, by_hand = (load_configuration(place / "harness.yaml") for place in (tmp_path, BOOKINGS))
    assert shown(written) == shown(by_hand)
    assert sorted(path.stem for path in (tmp_path / "scenarios").iterdir()) == [
        "duplicate",
        "load",
        "malformed",
        "timeout",
    ]
    assert "harness.yaml:23: a guess: are two requests with the same one the same event?" in ended.out
    run = command("run", "--scenario", "T29", "--seed", "1", "--shrink", "0", "-q", directory=tmp_path)
    assert (run.returncode, "critical: doubled effect - book, reply-lost (T29)" in run.stdout) == (Exit.FAIL, True), (
        run.stdout
    )


def test_what_is_written_of_the_sample_app_is_what_was_written_by_hand(tmp_path: Path) -> None:
    """Its document has the examples; both versions, both dependencies, keys and reads are seen."""
    shutil.copytree(ROOT / "sample_app", tmp_path / "sample_app", ignore=shutil.ignore_patterns("__pycache__"))
    ended = begun(tmp_path)
    assert ended.exit == Exit.PASS, ended.out + ended.err
    assert shown(load_configuration(tmp_path / "harness.yaml")) == shown(load_configuration(ROOT / "harness.yaml"))


SHOP = """
from flask import Flask, request
app = Flask(__name__)

@app.post("/orders")
def order():
    return ({"id": "1"}, 201) if "sku" in request.get_json() else ({"error": "no sku"}, 422)
"""


@pytest.mark.parametrize(
    ("source", "words", "code", "told"),
    [
        (SHOP, (), Exit.UNKNOWN, 'harness.yaml:11: it was answered 422: {"error":"no sku"}. Put a valid example here'),
        (SHOP, ("shop:app", "--out", "shop.py"), Exit.USAGE, "shop.py is there already: --again goes on from it"),
        (SHOP, ("shop.app",), Exit.USAGE, "'shop.app' names no application: expected MODULE:NAME or MODULE:FACTORY()"),
        (SHOP, ("shop:application",), Exit.TARGET, "shop has no attribute 'application'"),
        (SHOP.replace("post(", "get("), (), Exit.USAGE, "nothing to put trouble on: it serves /orders"),
        (f"{SHOP}\nimport no_such_module\n", (), Exit.TARGET, "No module named 'no_such_module'"),
        ("x = 1\n", (), Exit.USAGE, "no Flask application is to be found in "),
        (SHOP, ("--from", "gone.curl"), Exit.USAGE, "gone.curl: no such file"),
    ],
    ids=[
        "no example",
        "there already",
        "no name",
        "another name",
        "nothing that changes",
        "no import",
        "no application",
        "no file",
    ],
)
def test_what_cannot_be_drafted_says_why(
    source: str, words: tuple[str, ...], code: Exit, told: str, tmp_path: Path
) -> None:
    """What, where, why not, what now; a file only where there is something to say in it."""
    (tmp_path / "shop.py").write_text(source)
    ended = begun(tmp_path, *words, "-q")
    assert (ended.exit, told in ended.out + ended.err) == (code, True), ended.out + ended.err
    assert (tmp_path / "harness.yaml").exists() is (code == Exit.UNKNOWN)


PLAIN = """
import json

DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {"/straße/orders": {"post": {"requestBody": {"content": {"application/json": {"schema": {
        "type": "object", "required": ["sku"], "properties": {"sku": {"type": "string", "minLength": 9}}}}}}}}},
}

KNOWN = ("SHIPPING_URL",)

def application(environ, start_response):
    if environ["PATH_INFO"] == "/openapi.json":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(DOCUMENT).encode()]
    start_response("201 Created" if environ["REQUEST_METHOD"] == "POST" else "404 Not Found", [])
    return [b""]
"""


def test_what_is_no_flask_application_is_known_by_its_document(tmp_path: Path) -> None:
    """Nothing is imported but the application; its paths and examples are those of the document.

    What looks like an address and is not called is named: nobody can tell from here whether it is one.
    """
    (tmp_path / "plain.py").write_text(PLAIN)
    ended = begun(tmp_path, "plain:application", "-q")
    assert ended.exit == Exit.PASS, ended.out + ended.err
    idle = "no call was seen to SHIPPING_URL: declare those that are addresses, or they are called for real"
    assert idle in (tmp_path / "harness.yaml").read_text()
    (operation,) = load_configuration(tmp_path / "harness.yaml").operations
    assert (operation.name, str(operation.route), operation.json) == (
        "post_stra_e_orders",
        "POST /stra%C3%9Fe/orders",
        {"sku": "textxxxxx"},
    )


STOCKED = """
import os
import requests
from flask import Flask, request

app = Flask(__name__)
STOCK, MAIL = os.environ["STOCK_URL"], os.getenv("MAILS_URL", "http://mail.invalid")

@app.get("/")
def index():
    return "up"

@app.post("/orders")
def order():
    sku = request.get_json()["sku"]
    left = requests.get(f"{STOCK}/items/{sku}", timeout=2).json()["left"]
    requests.post(f"{MAIL}/send", json={"sku": sku, "left": left}, timeout=2)
    return {"id": sku}, 201
"""


def test_what_was_put_right_is_where_it_goes_on(tmp_path: Path) -> None:
    """An answer that was made up kept a call from being seen; once it is as in life, the rest is found and added."""
    (tmp_path / "shop.py").write_text(STOCKED)
    (tmp_path / "one").write_text(
        "curl http://shop/orders -H 'Content-Type: application/json' -d '{\"sku\": \"a-1\"}'\n"
    )
    file = tmp_path / "harness.yaml"
    first = begun(tmp_path, "--from", "one", "-q")
    told = "it was answered 500: KeyError at shop.py, in order. Is it this example, or what a dependency answers?"
    assert (first.exit, told in first.out) == (Exit.UNKNOWN, True), first.out + first.err

    better = file.read_text().replace("json: {}}", "json: {left: 5}}").replace("5s", "3s")
    file.write_text(better)
    again = begun(tmp_path, "--again", "-q")
    assert again.exit == Exit.PASS, again.out + again.err
    assert file.with_name("harness.yaml.before").read_text() == better
    found = load_configuration(file)
    calls = {str(call.route): call.answer.json for one in found.dependencies for call in one.calls}
    assert calls == {"GET /items/{sku}": {"left": 5}, "POST /send": {"id": "{uuid}"}}
    assert (found.service.deadline, str(found.operations[0].effect and found.operations[0].effect.route)) == (
        3,
        "POST /send",
    )

    more = file.read_text().replace("request: POST /orders", "request: POST /orders\n    failing: [503]")
    more = more[: more.index("      - request: POST /send")] + more[more.index("  stock:") :]
    file.write_text(more.replace("    calls:\n  stock", "  stock").replace("effect: mails POST /send", ""))
    kept = file.read_text()
    refused = begun(tmp_path, "--again", "-q")
    told = "says more than 'harness init' can write, so it stays as it is; what was seen beside it: mails POST /send"
    assert (refused.exit, told in refused.err, file.read_text() == kept) == (Exit.USAGE, True, True), refused.err


def test_going_on_needs_a_file_and_nothing_else(tmp_path: Path) -> None:
    """What to begin with stands in the file."""
    missing, both = begun(tmp_path, "--again"), begun(tmp_path, "shop:app", "--again")
    assert (missing.exit, "harness.yaml: no such file" in missing.err) == (Exit.USAGE, True), missing.err
    assert (both.exit, "give no APP, --from and --env beside it" in both.err) == (Exit.USAGE, True), both.err
