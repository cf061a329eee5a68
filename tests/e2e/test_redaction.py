"""Secrets of thirty shapes in traffic, everywhere: in no file, report or log of the harness; the incidents still reproduce."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from harness.incident.reading import load_incidents
from harness.model.exits import Exit
from harness.redaction.scan import held
from harness.replay.replaying import Came
from tests.e2e.harness_run import Ended, command, run
from tests.e2e.once import once
from tests.unit.redaction.planted import SHAPED, drawn

pytestmark = pytest.mark.server

APPS = Path(__file__).parent / "apps"
PASSWORD = "correct-" + "Horse-7-battery"
TOKEN = "opens-" + "the-Shop-42"
SESSION = drawn(24)
KEY = SHAPED["private key"]
SECRETS = {**SHAPED, "a password": PASSWORD, "the shop's own token": TOKEN, "a session": SESSION}
KINDS = {kind: secret for kind, secret in SHAPED.items() if kind not in ("private key", "Azure storage key", "IBAN")}

PARTS = "".join(
    f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in (("private_key", KEY), ("note", SHAPED["Slack webhook"]), ("number", "u-1"))
)
CONFIGURATION = {
    "format": 1,
    "service": {
        "app": "leaky_service:app",
        "workers": 1,
        "ready": "GET /health",
        "deadline": "5s",
        "env": {"SHOP_SETTINGS": json.dumps(SHAPED), "SHOP_TOKEN": TOKEN},
    },
    "dependencies": {
        "payments": {
            "env": "PAYMENTS_URL",
            "calls": [
                {
                    "request": "POST /charges",
                    "effect": "unkeyed",
                    "answer": {
                        "status": 201,
                        "json": {"id": "{uuid}", "secret": PASSWORD, "note": SHAPED["npm token"]},
                    },
                }
            ],
        }
    },
    "operations": {
        "order": {
            "request": "POST /orders",
            "headers": {"Authorization": f"Bearer {TOKEN}", "Cookie": f"theme=dark; sid={SESSION}"},
            "json": {
                "order": "o-1",
                "password": PASSWORD,
                "again": PASSWORD,
                "card": SHAPED["card number"],
                "iban": SHAPED["IBAN"],
                "mail": SHAPED["e-mail address"],
                "ticket": SHAPED["JSON Web Token"],
                "notes": [*KINDS.values()],
            },
            "event": "json:/order",
            "effect": "payments POST /charges",
        },
        "login": {
            "request": f"POST /logins?access_token={quote(SHAPED['GitLab token'])}&number=n-1",
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            "body": f"password={PASSWORD}&note={quote(SHAPED['AWS access key'])}&connection={quote(SHAPED['Azure storage key'])}",
            "event": "query:number",
            "effect": "payments POST /charges",
        },
        "upload": {
            "request": "POST /uploads?number=n-1",
            "headers": {"Content-Type": "multipart/form-data; boundary=cut"},
            "body": PARTS + "--cut--\r\n",
            "event": "query:number",
            "effect": "payments POST /charges",
        },
    },
    "secrets": ["again"],
}


FAMILIES = {"duplicate-event": ["D01"], "malformed-payload": ["MJ03"], "timeout": ["T02"]}


def forms(secret: str) -> Iterator[bytes]:
    """Yield a secret in every form in which a file could hold it; of one with lines, its longest."""
    line = max(secret.splitlines(), key=len)
    data = line.encode()
    yield from (data, quote(line, safe="").encode(), data.hex().encode(), "".join(f"\\u{b:04x}" for b in data).encode())
    for before in range(3):  # base64 depends on where in three bytes it begins
        packed = base64.b64encode(b"x" * before + data).decode()
        yield packed[4 if before else 0 : len(packed) // 4 * 4 - 4].encode()


def leaks(places: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return where which kind of secret stands."""
    secret_part = {kind: re.sub(r"^\w{2,8}[-_.=/]+", "", secret) for kind, secret in SECRETS.items()}
    return [
        (place, kind)
        for place, data in places.items()
        for kind, secret in secret_part.items()
        if any(form in data for form in forms(secret))
    ]


def written(directory: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a directory."""
    return {str(file.relative_to(directory)): file.read_bytes() for file in directory.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the configuration of the leaky shop; it holds every secret, as a user's does."""
    return once(tmp_path_factory, "leaky-shop", _configured)


def _configured(place: Path) -> Path:
    """Write the configuration and the scenarios of the leaky shop into ``place``."""
    file = place / "harness.yaml"
    file.write_text(json.dumps(CONFIGURATION))
    for family, entries in FAMILIES.items():
        whole = {"format": 1, "family": family, "title": "what leaks", "entries": entries}
        (place / f"{family}.yaml").write_text(json.dumps(whole))
    return file


@pytest.fixture(scope="module")
def found(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a run that finds the double charges, and what makes the shop break."""
    return once(tmp_path_factory, "leaky-run", lambda place: _run(config, place / "run"))


def _run(config: Path, out: Path) -> Ended:
    """Run what finds the double charges, and what makes the shop break."""
    return run(
        out,
        *("--config", str(config), "--seed", "4", "--reruns", "0", "-v"),
        *(part for family in FAMILIES for part in ("--scenarios", str(config.parent / f"{family}.yaml"))),
        env={"PYTHONPATH": str(APPS)},
    )


def test_no_file_of_a_run_holds_a_secret_in_any_form(found: Ended) -> None:
    """Requests, answers, calls, log lines, tracebacks, reports, incidents and the screen: none holds any of them."""
    assert found.exit == Exit.FAIL, found.out + found.err
    places = written(found.directory) | {"out": found.out.encode(), "err": found.err.encode()}
    assert {"history.jsonl", "plan.json", "report.html", "run.json"} < set(places)
    assert leaks(places) == []
    assert leaks({"itself": json.dumps([*SECRETS.values()]).encode()}) != []


def test_the_incidents_reproduce_without_the_secrets(found: Ended, config: Path, tmp_path: Path) -> None:
    """R05: what the run saw with the secrets is seen with tokens in their place, the same findings by their fingerprints."""
    incidents = load_incidents((found.directory / "incidents",))
    reported = {finding.fingerprint: finding.entry for finding in found.report.findings}
    assert {i.shows.fingerprint for i in incidents} == set(reported)
    assert {"D01", "MJ03"} <= set(reported.values())
    assert all(incident.redaction for incident in incidents)
    assert [held(file.read_text()) for file in (found.directory / "incidents").glob("*.json")] == [()] * len(incidents)
    done = command(
        *(
            "replay",
            str(found.directory / "incidents"),
            "--config",
            str(config),
            "--out",
            str(tmp_path / "again"),
            "-q",
        ),
        env={"PYTHONPATH": str(APPS)},
    )
    told = [line.split(": ") for line in done.stdout.splitlines()]
    came = {words[1]: words[0] for words in told if words[0] in set(Came)}
    assert came == {incident.name: "still failing" for incident in incidents}, done.stdout + done.stderr
    places = written(tmp_path / "again") | {"out": done.stdout.encode(), "err": done.stderr.encode()}
    assert (done.returncode, leaks(places)) == (Exit.FAIL, [])
