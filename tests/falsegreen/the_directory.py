"""Run directories that were damaged, mixed up or edited after the run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.model.cases import Family
from harness.model.exits import Exit
from harness.model.runs import State
from harness.runner import check
from tests.falsegreen.bench import Bench, Silent
from tests.falsegreen.ways import Way

Change = Callable[[Path], object]
"""What is done to a run directory."""
OTHER_HISTORY = "harness: {run}/history.jsonl is the history of another run than run.json"
NO_SEAL = "harness: {run} is not a whole run directory: seal.json is missing, which a run writes when it ends"
NOT_ANY_MORE = "it cannot be judged any more"
ANEW = "'harness check {run}' judges the run and writes its report anew"


def _judged(directory: Path) -> None:
    Bench(directory=directory).run()
    check(directory, Silent())


def _then(change: Change) -> Callable[[Path], None]:
    """Return the act that changes a run directory in which all was well."""

    def act(directory: Path) -> None:
        _judged(directory)
        change(directory)

    return act


def _lines(change: Callable[[list[str]], list[str]], name: str = "history.jsonl") -> Change:
    def act(directory: Path) -> None:
        path = directory / name
        path.write_text("".join(change(path.read_text().splitlines(keepends=True))))

    return act


def _json(name: str, change: Callable[[dict[str, Any]], object]) -> Change:
    def act(directory: Path) -> None:
        value = json.loads((directory / name).read_text())
        change(value)
        (directory / name).write_text(json.dumps(value))

    return act


def _without(*names: str) -> Change:
    def act(directory: Path) -> None:
        for name in names:
            (directory / name).unlink()

    return act


def _of_another_run(name: str) -> Change:
    def act(directory: Path) -> None:
        other = directory.with_name("other")
        Bench(directory=other, scenarios={Family.TIMEOUT: ("T23",)}).run()
        check(other, Silent())
        shutil.copy(other / name, directory / name)

    return act


def _to_the_end_of_a_case(lines: list[str]) -> list[str]:
    ends = [number for number, line in enumerate(lines, start=1) if "case-finished" in line]
    return lines[: ends[-2]]


def _swapped(lines: list[str]) -> list[str]:
    first = next(n for n, line in enumerate(lines) if '"source":"client"' in line)
    second = next(n for n, line in enumerate(lines) if n > first and '"source":"double:ledger"' in line)
    lines[first], lines[second] = lines[second], lines[first]
    return lines


def _passing(report: dict[str, Any]) -> None:
    report["verdict"] = "pass"
    report["reasons"] = []


def _refused(name: str, how: str = NOT_ANY_MORE) -> tuple[str, ...]:
    return (f"harness: {{run}}/{name} is not as this run left it: changed, or of another run; {how}",)


def _missing(name: str) -> tuple[str, ...]:
    return (f"harness: {{run}} is not a whole run directory: {name} is missing; was the run stopped before it began?",)


def _not_whole(line: int, found: int, due: int) -> tuple[str, ...]:
    return (
        (
            f"harness: {{run}}/history.jsonl:{line} is not whole: 'double:ledger' is at its event {found} where {due} is "
            "next; a history with events missing can show nothing"
        ),
    )


def _red_then_edited(directory: Path) -> None:
    Bench(directory=directory, stalls=False).run()
    check(directory, Silent())
    _json("report.json", _passing)(directory)


def _cut_short_then_edited(directory: Path) -> None:
    Bench(directory=directory, state=State.INTERRUPTED).run()
    _json("run.json", lambda run: run.update(state="complete"))(directory)


def _way(name: str, change: Change, told: tuple[str, ...], command: str = "check") -> Way:
    return Way(name=name, act=_then(change), told=told, exit=Exit.USAGE, command=command)


WAYS = (
    _way("a history that ends in the middle", _lines(lambda all_: all_[: len(all_) // 2]), _refused("history.jsonl")),
    _way("a history that ends where a case ends", _lines(_to_the_end_of_a_case), _refused("history.jsonl")),
    _way(
        "a history of which the last line was cut",
        _lines(lambda all_: [*all_[:-1], all_[-1][:20]]),
        _refused("history.jsonl"),
    ),
    _way("an empty history", _lines(lambda _: []), _refused("history.jsonl")),
    _way(
        "a history from which an event was deleted",
        _lines(lambda all_: all_[:4] + all_[5:]),
        _not_whole(11, 4, 3),
    ),
    _way("a history in which an event stands twice", _lines(lambda all_: [*all_[:5], *all_[4:]]), _not_whole(6, 3, 4)),
    _way("a history in which two events changed places", _lines(_swapped), _refused("history.jsonl")),
    _way("a history of another run", _of_another_run("history.jsonl"), (OTHER_HISTORY,)),
    _way("no history", _without("history.jsonl"), _missing("history.jsonl")),
    _way(
        "a plan from which the cases that fail were struck out",
        _json("plan.json", lambda plan: plan["cases"].pop()),
        _refused("plan.json"),
    ),
    _way("a plan of another run", _of_another_run("plan.json"), _refused("plan.json")),
    _way("no plan", _without("plan.json"), _missing("plan.json")),
    _way(
        "a run directory of which only a half was copied",
        _without("history.jsonl", "plan.json", "seal.json"),
        _missing("plan.json"),
    ),
    _way("the record of another run", _of_another_run("run.json"), (OTHER_HISTORY,)),
    _way(
        "a run without its seal",
        _without("seal.json"),
        (NO_SEAL,),
    ),
    Way(
        name="a run that was cut short, edited to say that it is complete",
        act=_cut_short_then_edited,
        told=(NO_SEAL,),
        exit=Exit.USAGE,
    ),
    _way("a report of another run", _of_another_run("report.json"), _refused("report.json", ANEW), "report"),
    Way(
        name="a report that was edited to say pass",
        act=_red_then_edited,
        told=_refused("report.json", ANEW),
        exit=Exit.USAGE,
        command="report",
    ),
    _way(
        "a report that was cut",
        _lines(lambda all_: [all_[0][:200]], "report.json"),
        _refused("report.json", ANEW),
        "report",
    ),
    _way("a report beside no run", _without("run.json"), _missing("run.json"), "report"),
)
