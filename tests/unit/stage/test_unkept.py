"""A finding whose incident would hold a secret is reported all the same; the file is not written, and that is said."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from harness.model.messages import Answer, Request, Silence
from harness.model.verdicts import Verdict
from harness.stage.concluding import conclude
from tests.falsegreen.bench import BOOK, CONFIGURATION, Bench, Calls, Silent, answer

HIDDEN = base64.b64encode(b'{"password": "hunter2' + b'hunter3"}').decode()
"""What the redaction does not look into, and the last look does."""


class Doubling:
    """A service that books each request anew."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, request: Request, calls: Calls) -> Answer | Silence:
        """Answer one request."""
        self._count += 1
        headers = (("Idempotency-Key", f"{dict(request.headers)['Idempotency-Key']}-{self._count}"),)
        calls(Request(method="POST", target="/entries", headers=headers, body=request.body))
        return answer(201)


def concluded(directory: Path, guest: str) -> tuple[Verdict, set[str], list[str], list[str]]:
    """Return verdict and symptoms of a run, the incidents that it wrote, and what it says of those that it did not."""
    book = replace(BOOK, json={"guest": guest, "seats": 2})
    Bench(directory=directory, app=Doubling(), configuration=replace(CONFIGURATION, operations=(book,))).run()
    report = conclude(directory, Silent()).report
    unkept = [notice.text for notice in report.notices if notice.kind == "unkept"]
    written = sorted(file.name for file in directory.glob("incidents/*.json"))
    return report.verdict, {finding.symptom for finding in report.findings}, written, unkept


def test_an_incident_that_would_hold_a_secret_is_not_written_and_the_finding_stays(tmp_path: Path) -> None:
    """The verdict is what it is without it; the notice names the place and the kind, and not the value."""
    verdict, symptoms, written, unkept = concluded(tmp_path / "leaky", HIDDEN)
    assert (verdict, symptoms, written, len(unkept)) == (Verdict.FAIL, {"doubled effect"}, [], 1)
    assert ".message.body: a value under a secret name still holds what must never be written" in unkept[0]
    assert ("hunter2" in unkept[0], HIDDEN in unkept[0]) == (False, False)


def test_any_other_is_written_and_nothing_is_said(tmp_path: Path) -> None:
    """The notice is for the exception."""
    verdict, symptoms, written, unkept = concluded(tmp_path / "plain", "miller")
    assert (verdict, symptoms, len(written), unkept) == (Verdict.FAIL, {"doubled effect"}, 1, [])
