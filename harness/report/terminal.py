"""What a run says while it goes on, and the last screen: on a terminal, in a pipe, in CI.

A terminal gets one line that moves (rich, imported only then) below the lines that stay; anything else gets plain
lines, at most one per family and tenth of the way. Text of the service is escaped: it cannot move the cursor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from harness.model.cases import Case, Family, Plan
from harness.model.judgements import Finding, Judgement
from harness.model.runs import Run
from harness.redaction.redact import redact_text
from harness.report.format import Report
from harness.report.live import Live, live
from harness.report.pace import seconds_left, time_left
from harness.report.pipes import say
from harness.report.screen import Style, last_screen, plain, styled
from harness.report.short import short_screen
from harness.report.shown import harmless, one_line


class Terminal:
    """A :class:`~harness.report.progress.Progress` that writes to ``out``.

    ``verbose`` writes a line for every case and a last screen of any length; ``quiet`` writes nothing but the last
    screen. ``clock`` is monotonic seconds. ``colour`` is asked of :func:`colour_wanted`.
    """

    def __init__(
        self,
        out: TextIO,
        *,
        quiet: bool = False,
        verbose: bool = False,
        colour: bool = False,
        width: int = 80,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out = out
        self._quiet = quiet
        self._verbose = verbose
        self._style: Style = styled if colour else plain
        self._width = max(width, 40)
        self._clock = clock
        self._last = clock()
        self._over: list[tuple[Case, float]] = []
        self._ahead: tuple[Case, ...] = ()
        self._live: Live | None = live(out) if out.isatty() and not quiet else None
        self._family: Family | None = None
        self._tenth = -1
        self._seen: set[str] = set()
        self._secrets: tuple[str, ...] = ()

    def started(self, run: Run, plan: Plan) -> None:
        """Say what is tested and how much of it there is."""
        self._last, self._over, self._ahead = self._clock(), [], plan.cases
        self._secrets = run.configuration.secrets
        left = sum(not (omission.required or omission.deferred) for omission in plan.omissions)
        also = f", {left} not applicable" if left else ""
        deferred = sum(omission.deferred for omission in plan.omissions)
        also += f", {deferred} deferred by the profile {run.profile}" if deferred else ""
        self._say(f"{run.target or run.configuration.file}, seed {run.seed}: {len(plan.cases)} cases{also}")

    def phase(self, text: str) -> None:
        """Say which long act has begun."""
        if self._live:
            self._live.show(one_line(text, self._width - 4))
        else:
            self._say(one_line(text, self._width))

    def case(self, case: Case, done: int, total: int, judgements: tuple[Judgement, ...]) -> None:
        """Say how far the run is, and every new finding at once."""
        for finding in (finding for judgement in judgements for finding in judgement.findings):
            self._found(finding)
        self._passed(case)
        line = f"{case.family:<17} {done:>4}/{total}  {time_left(seconds_left(self._over, self._ahead))}"
        if self._live:
            self._live.show(f"{line}  {one_line(case.id, self._width - len(line) - 6)}")
        elif self._verbose:
            self._say(f"{line}  {one_line(case.id, max(self._width - len(line) - 2, 20))}")
        elif self._worth_a_line(case.family, done, total):
            self._say(line.rstrip())

    def shrinking(self, text: str, *, smaller: bool) -> None:
        """Say how small a case is by now; a pipe hears of it when it became smaller."""
        if self._live:
            self._live.show(one_line(text, self._width - 4))
        elif smaller:
            self._say(one_line(text, self._width))

    def finished(self, report: Report, directory: Path) -> None:
        """Write the last screen."""
        self.close()
        screen = last_screen if self._verbose else short_screen
        for line in screen(report, directory, self._width, self._style):
            self._write(line)

    def close(self) -> None:
        """Take the moving line away. Safe to call again; needed where a run ends without a report."""
        if self._live:
            self._live.stop()
            self._live = None

    def _passed(self, case: Case) -> None:
        """Note how long ``case`` took and what of the plan is still ahead; what stood before it is over or left out."""
        now = self._clock()
        self._over.append((case, now - self._last))
        self._last = now
        places = (place for place, planned in enumerate(self._ahead, 1) if planned.id == case.id)
        self._ahead = self._ahead[next(places, 0) :]

    def _worth_a_line(self, family: Family, done: int, total: int) -> bool:
        """Say whether a pipe hears of this case: the first of a family, every tenth of the way, the last."""
        tenth = done * 10 // max(total, 1)
        worth = family is not self._family or tenth != self._tenth
        self._family, self._tenth = family, tenth
        return worth

    def _found(self, finding: Finding) -> None:
        """Say a finding the first time that it is seen."""
        if finding.fingerprint in self._seen:
            return
        self._seen.add(finding.fingerprint)
        tone = "bad" if finding.fails_gate else "quiet"
        happened = redact_text(finding.happened, self._secrets)
        self._say(self._style(one_line(f"found: {finding.symptom}: {happened}", self._width), tone))

    def _say(self, line: str) -> None:
        """Write a line that stays, unless quiet."""
        if not self._quiet:
            self._write(line)

    def _write(self, line: str) -> None:
        """Write a line above the moving one; none is an order to the CI that reads it, whatever the service said."""
        line = harmless(line)
        if self._live:
            self._live.above(line)
        else:
            say(self._out, line)


def colour_wanted(out: TextIO, environment: Mapping[str, str]) -> bool:
    """Say whether ``out`` takes colour: a terminal that is not dumb, and NO_COLOR (no-color.org) is not set."""
    return out.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
