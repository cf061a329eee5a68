"""What the redaction replaced in the case of an incident, and what of it a token could not keep."""

from __future__ import annotations

from harness.incident.written import written
from harness.model.cases import Case
from harness.model.incidents import Incident, Redaction, Replaced
from harness.redaction.found import found_in
from harness.redaction.scan import scanned

_LOST = {
    "JSON Web Token": "the signature of a JSON Web Token does not belong to its claims",
    "private key": "a private key is none that opens anything: only its form is left",
    "IBAN": "an IBAN passes its check, but not those that its country makes of the account in it",
    "e-mail address": "an address of e-mail is at a domain of nobody",
}


def redaction_of(case: Case, secrets: tuple[str, ...]) -> Redaction | None:
    """Return what tokens stand for in ``case``; None where nothing was secret. ``secrets`` are the configuration's."""
    found = found_in(case, secrets)
    if not found.values and not found.own:
        return None
    kinds = sorted(found.values)
    return Redaction(
        replaced=tuple(Replaced(kind=kind, values=len(found.values[kind])) for kind in kinds),
        own=tuple(found.own),
        lost=tuple(_LOST[kind] for kind in kinds if kind in _LOST),
    )


def in_words(redaction: Redaction) -> str:
    """Say in a sentence what is not as it was seen."""
    told = [f"{each.values} x {each.kind}" for each in redaction.replaced]
    own = [f"the configuration's own {name}" for name in redaction.own]
    lost = "; " + "; ".join(redaction.lost) if redaction.lost else ""
    return f"replaced in it: {', '.join((*told, *own))}{lost}"


def kept_text(incident: Incident, file: str, secrets: tuple[str, ...]) -> str:
    """Return the text of an incident's ``file``; ScenarioError where it still holds a secret."""
    return scanned(written(incident), file, secrets)
