"""An incident that still holds a secret is not written, and the message does not tell it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.incident.replaced import kept_text
from harness.incident.taken import taken
from harness.incident.written import written
from harness.model.errors import ScenarioError
from harness.model.messages import Request
from harness.model.steps import Send
from harness.verdict import Group
from tests.unit.redaction.planted import SHAPED
from tests.unit.report.made import FOUND, PLAN, RUN

(INCIDENT,) = (
    replace(incident, name="kept", title="t")
    for incident in taken(RUN, PLAN, [Group(fingerprint="f", finding=FOUND[0], witnesses=())])
)


def sends(body: str) -> Send:
    """Return a step that sends a body."""
    return Send(label="a", operation="create_batch", message=Request(method="POST", target="/", body=body.encode()))


def test_a_case_that_holds_a_secret_is_refused_with_its_place_and_not_its_value() -> None:
    """Whoever edits a file by hand cannot put one in."""
    leaking = replace(INCIDENT, case=replace(INCIDENT.case, steps=(sends(SHAPED["npm token"]),)))
    with pytest.raises(ScenarioError) as refused:
        kept_text(leaking, "incidents/kept.json", ())
    assert "case.steps[0].message.body: a npm token still holds" in str(refused.value)
    assert SHAPED["npm token"][4:] not in str(refused.value)


def test_a_case_without_a_secret_is_written_as_it_is() -> None:
    """A scan changes nothing."""
    plain = replace(INCIDENT, case=replace(INCIDENT.case, steps=(sends('{"source": "crm"}'),)))
    assert kept_text(plain, "incidents/kept.json", ()) == written(plain)
