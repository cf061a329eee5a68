"""Which checks there are, and what all of them say of one case.

A check is a file of this package that defines ``CHECK``; nothing here names a concrete one. A check
that breaks, and a check that a plan asks for and nobody wrote, are unknown: never a pass.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import harness.checks as package
from harness.model.cases import Family
from harness.model.errors import HarnessBug
from harness.model.judgements import Judgement
from harness.model.records import record
from harness.model.scope import Scope


@record
class Check:
    """One check. ``name`` is its id in plans and reports, ``doc`` the sentence that it promises.

    ``judge`` is pure: the same scope gives the same judgement. It is asked about every case of its
    ``families``. ``always`` marks a check that is required of each of these cases, whether the plan names it or not;
    ``timed`` one that decides by a time, and so only where the control of timing was sound.
    """

    name: str
    title: str
    doc: str
    families: frozenset[Family]
    judge: Callable[[Scope], Judgement]
    always: bool = False
    timed: bool = False


@cache
def checks() -> Mapping[str, Check]:
    """Return every check of the package by its name, in order of name."""
    found: dict[str, Check] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name == "registry" or module.name.startswith("_"):
            continue
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        if not isinstance(check := getattr(loaded, "CHECK", None), Check):
            raise HarnessBug(f"harness/checks/{module.name}.py does not define CHECK; see docs/adding-a-check.md")
        if check.name in found:
            raise HarnessBug(f"two checks are called '{check.name}'")
        found[check.name] = check
    return MappingProxyType(dict(sorted(found.items())))


def judge(scope: Scope, known: Mapping[str, Check] | None = None) -> tuple[Judgement, ...]:
    """Return what every check of the case's family says of it, in order of name.

    ``known`` are the checks to ask (None: all of the package). Names that the case requires and that
    are not known come last, each as unknown.
    """
    known = checks() if known is None else known
    asked = [check for check in known.values() if scope.case.family in check.families]
    return (*(_judged(check, scope) for check in asked), *_not_asked(scope, known))


def _judged(check: Check, scope: Scope) -> Judgement:
    """Return one check's judgement, or that it broke."""
    required = check.always or check.name in scope.case.checks
    try:
        return replace(check.judge(scope), required=required)
    except Exception as error:  # noqa: BLE001 - whatever breaks a check, the run must say so instead of ending or passing
        reason = f"the check broke: {type(error).__name__}: {error}"
        return Judgement(check=check.name, case=scope.case.id, opportunities=0, unknown=(reason,), required=True)


def _not_asked(scope: Scope, known: Mapping[str, Check]) -> tuple[Judgement, ...]:
    """Return an unknown for every required check that does not exist or does not look at this family."""
    reasons = {
        name: f"no check is called '{name}'"
        if name not in known
        else f"the check '{name}' does not judge the family {scope.case.family}"
        for name in scope.case.checks
        if name not in known or scope.case.family not in known[name].families
    }
    return tuple(
        Judgement(check=name, case=scope.case.id, opportunities=0, unknown=(reason,), required=True)
        for name, reason in reasons.items()
    )
