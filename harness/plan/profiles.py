"""The profiles: which part of a plan a run carries out, and what it leaves to another one, counted and named.

An entry says what is wrong, its cases are variants of that: another field, another place, another operation. A smaller
profile carries out fewer variants, drawn with the seed, so that runs with other seeds see other ones; every entry that
takes part keeps at least one. What a case does is the same in every profile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from random import Random

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.profiles import Profile, Share

QUICK = Profile(
    name="quick",
    entries={
        **dict.fromkeys(("MW01", "MW02", "MW19", "MW22", "MW23"), 1),
        **dict.fromkeys(("MH02", "MH16", "ME04", "ME06", "ME16"), 1),
        **dict.fromkeys(("MJ01", "MJ02", "MJ03", "MJ06", "MJ10"), 1),
        **dict.fromkeys(("MS03", "MS05", "MS08", "MS11", "MC10", "MC11"), 1),
        **dict.fromkeys(("D01", "D04", "D05", "D10", "D11", "D15", "D23"), 1),
        **dict.fromkeys(("T01", "T02", "T08", "T10", "T22", "T29"), 1),
        **dict.fromkeys(("L17", "R11", "R12", "R13"), 1),
        **dict.fromkeys(("D02", "MJ11", "MS01", "MS02"), 2),
        "R08": 6,
    },
    named_only=True,
)
"""For every change: of each family what shows most in a second, and nothing that needs an instance of its own."""

DEFAULT = Profile(
    name="default",
    families={Family.MALFORMED: 2, Family.DUPLICATE: 2, Family.TIMEOUT: 2},
    entries={
        **dict.fromkeys(("MC09", "MC15", "MC16", "MC17", "R10"), 1),  # start an instance of their own
        **dict.fromkeys(("T02", "T10", "T23", "T35", "T45"), 1),  # wait for a deadline
        "D02": 4,
        "T01": 3,
    },
    shrink=30.0,
)
"""For every day: all entries of ``scenarios``, a few variants of each."""

DEEP = Profile(name="deep", places=("scenarios", "scenarios/deep"), shrink=120.0)
"""For every night and every release: all variants of all entries, those that take long included."""

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (QUICK, DEFAULT, DEEP)}


EVERYTHING = Share(profile=DEEP)
"""All that was planned."""


def within(plan: Plan, share: Share) -> Plan:
    """Return ``plan`` with what ``share`` carries out; the rest is among the omissions, as deferred.

    Cases that clean runs rule out should have left the plan before: none of them is drawn then.
    """
    entries: dict[tuple[str, str], list[Case]] = {}
    for case in plan.cases:
        if case.family is not Family.REFERENCE and not {case.entry, case.scenario} & share.whole:
            entries.setdefault((case.scenario, case.entry), []).append(case)
    left = {case.id for cases in entries.values() for case in _drawn(cases, plan.seed)[_most(cases, share) :]}
    deferred = tuple(omission for cases in entries.values() for omission in _deferred(cases, left, share.profile))
    kept = tuple(case for case in plan.cases if case.id not in left)
    return replace(plan, cases=kept, omissions=plan.omissions + deferred)


def _most(cases: list[Case], share: Share) -> int:
    """Return how many of the cases of an entry are carried out at most."""
    profile, entry, family = share.profile, cases[0].entry, cases[0].family
    others = 1 if entry in share.own else 0
    usual = others if profile.named_only else profile.families.get(family, len(cases))
    return profile.entries.get(entry, usual)


def _drawn(cases: list[Case], seed: int) -> list[Case]:
    """Return the cases of an entry in the order in which they are taken: as drawn, the operations by turns.

    The first is one that surely strikes: at the operation's own effect, not at a call that it may do without. The place
    of a case is drawn from its id, so it does not move when others leave the plan.
    """
    drawn = sorted(cases, key=lambda case: Random(f"{seed}/{case.id}").random())
    first = min(drawn, key=lambda case: case.only_if_called)
    drawn = [first, *(case for case in drawn if case is not first)]
    turns: Counter[str] = Counter()
    placed: list[tuple[int, Case]] = []
    for case in drawn:
        placed.append((turns[case.operation], case))
        turns[case.operation] += 1
    return [case for _, case in sorted(placed, key=lambda one: one[0])]


def _deferred(cases: list[Case], left: Collection[str], profile: Profile) -> Iterator[Omission]:
    """Yield what of an entry is left to another profile, by operation."""
    counts = Counter(case.operation for case in cases if case.id in left)
    kept = len(cases) - counts.total()
    reason = (
        f"left to another profile: '{profile.name}' carries out {kept} of {len(cases)} cases, drawn with the seed"
        if kept
        else f"left to another profile: '{profile.name}' does not hold this entry"
    )
    for operation, number in counts.items():
        entry, scenario = cases[0].entry, cases[0].scenario
        yield Omission(entry=entry, scenario=scenario, operation=operation, reason=reason, deferred=number)
