"""How checks say what they saw: judgements, findings, and an exchange told in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import SEVERITY_RANK, Blame, Force, Severity

SHOWN = 160
"""How many characters of an answer's body a sentence shows."""


def judgement(
    check: str,
    scope: Scope,
    opportunities: int,
    findings: Iterable[Finding] = (),
    unknown: Iterable[str] = (),
    *,
    disturbed: bool = False,
) -> Judgement:
    """Return the judgement of ``check``; of findings of the same defect in the case the worst, then first, stays."""
    return Judgement(
        check=check,
        case=scope.case.id,
        opportunities=opportunities,
        findings=_distinct(findings),
        unknown=tuple(dict.fromkeys(unknown)),
        disturbed=disturbed,
    )


def finding(
    check: str,
    scope: Scope,
    exchanges: Iterable[Exchange],
    *,
    symptom: str,
    severity: Severity,
    happened: str,
    expected: str,
    why: str,
    force: Force = Force.MUST,
    call: str = "",
    blame: Blame = Blame.APPLICATION,
    reached_data: bool = True,
) -> Finding:
    """Return a finding in the case of ``scope``, shown by ``exchanges`` (the decisive one last)."""
    return Finding(
        check=check,
        case=scope.case.id,
        entry=scope.case.entry,
        operation=scope.case.operation,
        trouble=scope.case.trouble,
        symptom=symptom,
        severity=severity,
        force=force,
        call=call,
        happened=happened,
        expected=expected,
        why=why,
        blame=blame,
        reached_data=reached_data,
        exchanges=tuple(exchange.number for exchange in exchanges),
    )


def told(exchange: Exchange) -> str:
    """Tell in a sentence without its full stop what came of ``exchange``."""
    if exchange.answer is not None:
        return f"'{exchange.label}' was answered {answer_told(exchange.answer)}"
    if exchange.silence is None:
        return f"'{exchange.label}' has no recorded end"
    return f"'{exchange.label}' got no answer ({exchange.silence} after {exchange.took:.2f} s)"


def answer_told(answer: Answer) -> str:
    """Tell an answer: its status and the beginning of its body."""
    if not answer.valid:
        return f"with bytes that are not HTTP: {_short(answer.body)}"
    return f"{answer.status} {_short(answer.body)}".strip()


def rule(exchange: Exchange, otherwise: str) -> str:
    """Return the rule written beside the message, or ``otherwise`` where none is."""
    expect = exchange.planned.expect if exchange.planned else None
    return expect.rule if expect and expect.rule else otherwise


def _short(body: bytes) -> str:
    text = body[: SHOWN + 1].decode("utf-8", "replace")
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    kept: dict[str, Finding] = {}
    for found in findings:
        known = kept.get(found.fingerprint)
        if known is None or SEVERITY_RANK[found.severity] > SEVERITY_RANK[known.severity]:
            kept[found.fingerprint] = found
    return tuple(kept.values())
