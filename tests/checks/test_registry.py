"""The registry: checks are found, asked, and never silently absent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import harness.checks
from harness.checks.registry import Check, checks, judge
from harness.model.cases import Family
from harness.model.judgements import Judgement
from harness.model.scope import Scope
from tests.checks.scenes import exchange, scope


def _one(name: str, families: frozenset[Family] = frozenset(Family), *, always: bool = False) -> Check:
    def passing(where: Scope) -> Judgement:
        return Judgement(check=name, case=where.case.id, opportunities=1)

    return Check(name=name, title=name, doc=name, families=families, judge=passing, always=always)


def _broken(where: Scope) -> Judgement:
    raise LookupError("no such thing")


SCOPE = scope(Family.TIMEOUT, exchange("fault-1", 0))


def test_every_file_of_the_package_is_a_check() -> None:
    """Each file without an underscore defines one check, under the name that its doc and title go with."""
    found = checks()
    assert list(found) == sorted(found)
    assert {check.name for check in found.values()} == set(found)
    assert all(check.title and check.doc.endswith(".") and check.families for check in found.values())


def test_a_check_is_timed_where_it_asks_whether_a_time_can_be_believed() -> None:
    """What imports the control of timing says so, and nothing else does: users and proofs plan by it."""
    package = Path(harness.checks.__file__).parent
    asking = {p.stem.replace("_", "-") for p in package.glob("[a-z]*.py") if "checks._timing import" in p.read_text()}
    timed = {check.judge.__module__.rpartition(".")[2].replace("_", "-") for check in checks().values() if check.timed}
    assert timed == asking


def test_every_check_of_the_family_is_asked() -> None:
    """A case is looked at by all checks of its family and by no other; those it names are required."""
    known = {c.name: c for c in (_one("a"), _one("b", frozenset({Family.LOAD})), _one("c", always=True), _one("d"))}
    where = replace(SCOPE, case=replace(SCOPE.case, checks=("d",)))
    assert judge(where, MappingProxyType(known)) == (
        Judgement(check="a", case="X1/book/1", opportunities=1),
        Judgement(check="c", case="X1/book/1", opportunities=1, required=True),
        Judgement(check="d", case="X1/book/1", opportunities=1, required=True),
    )


def test_a_check_that_breaks_is_unknown() -> None:
    """A check that raises says so, is required, and leaves the others alone."""
    known = {"a": replace(_one("a"), judge=_broken), "b": _one("b")}
    assert judge(SCOPE, known) == (
        Judgement(
            check="a",
            case="X1/book/1",
            opportunities=0,
            unknown=("the check broke: LookupError: no such thing",),
            required=True,
        ),
        Judgement(check="b", case="X1/book/1", opportunities=1),
    )


def test_a_required_check_that_cannot_be_asked_is_unknown() -> None:
    """A name that nobody wrote, and one of another family, are unknown and not nothing."""
    where = replace(SCOPE, case=replace(SCOPE.case, checks=("nobody", "elsewhere")))
    known = {"elsewhere": _one("elsewhere", frozenset({Family.LOAD}))}
    assert [(j.check, j.opportunities, j.unknown, j.required) for j in judge(where, known)] == [
        ("nobody", 0, ("no check is called 'nobody'",), True),
        ("elsewhere", 0, ("the check 'elsewhere' does not judge the family timeout",), True),
    ]
