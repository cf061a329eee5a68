"""What goes on in a load beside its loop, as comments of a shell: a loop by hand shows the pace and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.steps import KillWorker, Load, TellToStop
from harness.report.shown import one_line

_ACTS: Mapping[type, str] = {
    KillWorker: "kill -9 one worker process of the service",
    TellToStop: "kill -TERM the service",
}
"""What the harness does to the service in the middle of a load; its faults are told as the case's."""


def beside(step: Load) -> tuple[str, ...]:
    """Return a comment for each thing that a load does and its loop does not; none where the loop is all."""
    return tuple(f"# {line}" for line in _lines(step))


def _lines(step: Load) -> Iterator[str]:
    for meanwhile in step.meanwhile:
        if told := _ACTS.get(type(meanwhile.act)):
            yield f"{meanwhile.at:g} s after the first request: {told}"
    for part in step.parts:
        yield f"{part.share:.0%} of the requests are another message: {one_line(part.label, 60)}"
    if step.volley > 1:
        yield f"always {step.volley} requests at the same instant"
    if step.slow:
        yield f"beside them {step.slow} clients that send a request byte by byte and never finish it"
    if step.surge:
        surge = step.surge
        yield f"{surge.at:g} s after the warm-up, for {surge.seconds:g} s: {surge.factor:g} times as many"
