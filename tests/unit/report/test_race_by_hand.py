"""The commands of a race, run in a real shell with a stand-in for curl: what was released together is sent together."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

from harness.model.verdicts import Verdict
from harness.report.byhand import in_shell
from harness.report.document import build
from harness.report.format import ReportedFinding
from harness.verdict import Group, RunVerdict
from tests.unit.report.made import CASES, CREATED, FIRST, FOUND, PLAN, RUN, SECOND, exchange, scope

CURL = """#!/bin/sh
echo came >> "$OUT"
tries=0
while [ "$(wc -l < "$OUT")" -lt "$MEET" ] && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
[ $tries -lt 200 ] && echo met >> "$OUT.met"
"""
"""Writes down that it came and waits, ten seconds at most, until as many as ``$MEET`` did."""


def _raced(*groups: str) -> ReportedFinding:
    """Return the finding of a case whose exchanges belong to these groups."""
    sends = (FIRST, SECOND, SECOND)
    labels = ("first", "second", "third")
    exchanges = tuple(
        replace(exchange(number, label, number, 9, send, CREATED), group=group)
        for number, (label, send, group) in enumerate(zip(labels, sends, groups, strict=False), start=3)
    )
    found = replace(FOUND[0], exchanges=tuple(one.number for one in exchanges))
    group = Group(fingerprint=found.fingerprint, finding=found, witnesses=(found.case,))
    seen = {CASES[2].id: scope(CASES[2], exchanges=exchanges)}
    return build(RUN, PLAN, (), seen, RunVerdict(verdict=Verdict.FAIL, groups=(group,))).findings[0]


def _met(finding: ReportedFinding, tmp_path: Path, meet: int) -> list[str]:
    """Paste the commands of a finding into a shell; return what its curls saw of each other."""
    tool = tmp_path / "curl"
    tool.write_text(CURL)
    tool.chmod(0o755)
    out = tmp_path / "out"
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "OUT": str(out), "MEET": str(meet)}
    lines = (*finding.setup, *finding.commands, 'echo "after" >> "$OUT.met"')
    subprocess.run(["sh", "-c", "\n".join(lines)], env=env, check=True, timeout=60)
    return (tmp_path / "out.met").read_text().split()


def test_a_pasted_race_is_one(tmp_path: Path) -> None:
    """Two requests of one barrier run at the same time, and the shell goes on when both have ended."""
    assert _met(_raced("first", "first"), tmp_path, meet=2) == ["met", "met", "after"]


def test_what_follows_a_race_waits_for_it() -> None:
    """A request that came after the race is sent when the race is over, and alone."""
    finding = _raced("first", "first", "")
    one, two, three = (shown.by_hand for shown in finding.exchanges)
    assert finding.commands == (f"{one} &", f"{two} &", "wait", three)


def test_what_was_sent_in_turn_is_sent_in_turn() -> None:
    """Without a barrier, or with one request of it alone, commands follow each other."""
    finding = _raced("", "first")
    assert finding.commands == tuple(shown.by_hand for shown in finding.exchanges)


def test_each_race_is_its_own() -> None:
    """Two races follow each other; what no command can send is left out of them."""
    commands = (("a", "1"), ("a", "2"), ("b", "3"), ("b", ""), ("b", "4"), ("c", "5"), ("c", ""))
    assert in_shell(commands) == ("1 &", "2 &", "wait", "3 &", "4 &", "wait", "5")
