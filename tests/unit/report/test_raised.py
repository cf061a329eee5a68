"""The service's own traceback: found in its log, cut to what a reader needs, shown with the finding that it explains."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from traceback import format_exc

from harness.model.scope import Scope
from harness.model.verdicts import Verdict
from harness.report.document import build
from harness.report.raised import FRAME_LINES, HEADER, last_traceback, raised_at
from harness.verdict import Group, RunVerdict
from tests.unit.report.made import BROKEN, CASES, CREATED, FOUND, NESTED, PLAN, RUN, exchange, loaded, scope


def _frame(path: str, line: int) -> list[str]:
    return [f'  File "{path}", line {line}, in call', f"    call({line})"]


def _raised(act: Callable[[], object]) -> list[str]:
    """Return the lines that Python prints of what ``act`` raises."""
    try:
        act()
    except (ValueError, ExceptionGroup):
        return format_exc().splitlines()
    raise AssertionError("nothing was raised")


FLASK = "/srv/.venv/lib/python3.11/site-packages/flask/app.py"
LONG = [
    HEADER,
    *(line for number in range(8) for line in _frame(FLASK, number)),
    *_frame("/srv/shop/orders.py", 10),
    *(line for number in range(20, 28) for line in _frame("/usr/lib/python3.11/json/decoder.py", number)),
    "ValueError: no",
]


def test_a_short_traceback_is_whole() -> None:
    """What Python prints of an error, and of the chain that led to it the last one, without the lines around it."""
    lines = _raised(lambda: int("x"))
    log = ["before", *_raised(lambda: float("y")), "", "During handling ...:", "", *lines, "[info] after", "  indented"]
    assert last_traceback(log) == tuple(lines)


def test_a_log_without_one() -> None:
    """No traceback, no lines; one that the end of the log cuts is shown as far as it goes."""
    assert last_traceback(["a", "  b"]) == ()
    assert last_traceback(["a", HEADER, *_frame("/srv/shop/orders.py", 1)]) == (
        HEADER,
        *_frame("/srv/shop/orders.py", 1),
    )


def test_what_was_raised_where() -> None:
    """Each traceback by its exception and its innermost own frame, whatever the line; one that is cut is none."""
    here = ("ValueError", 'File "/srv/shop/orders.py", in call')
    assert raised_at(["a", *LONG, "b", *(line.replace("line 10", "line 11") for line in LONG)]) == {here}
    assert raised_at([HEADER, *_frame(FLASK, 3), "KeyError"]) == {("KeyError", f'File "{FLASK}", in call')}
    assert raised_at(["a", HEADER, *_frame("/srv/shop/orders.py", 1)]) == frozenset()


def test_the_service_s_own_frames_are_kept() -> None:
    """Of a long one the place that raised and the service's own frame stay; what is missing is counted in its place."""
    assert last_traceback(LONG) == (
        HEADER,
        "  … 8 frames left out …",
        *_frame("/srv/shop/orders.py", 10),
        "  … 3 frames left out …",
        *(line for number in range(23, 28) for line in _frame("/usr/lib/python3.11/json/decoder.py", number)),
        "ValueError: no",
    )


def test_a_deep_recursion_is_short() -> None:
    """However deep the service's own frames go, the innermost are shown."""
    lines = [HEADER, *(line for n in range(900) for line in _frame("/srv/shop/orders.py", n)), "RecursionError: deep"]
    shown = last_traceback(lines)
    assert shown[1:4] == (f"  … {900 - FRAME_LINES // 2} frames left out …", *_frame("/srv/shop/orders.py", 894))
    assert (len(shown), shown[-1]) == (FRAME_LINES + 3, "RecursionError: deep")


def test_loggers_dress_it_differently() -> None:
    """A traceback inside a JSON line or behind a logger's words is the same traceback."""
    lines = _raised(lambda: int("x"))
    told = logging.Formatter().format(logging.LogRecord("a", 40, "", 1, "\n".join(lines), None, None))
    dressed = json.dumps({"level": "error", "error": {"traceback": "\n".join(lines)}, "n": 1})
    assert last_traceback([dressed, "after"]) == tuple(lines)
    assert last_traceback([f"[error] {told.splitlines()[0]}", *told.splitlines()[1:], "after"]) == tuple(lines)


def test_of_a_group_the_last_member_is_shown() -> None:
    """A group of exceptions is printed with a margin, which is left out."""
    members = []
    for text in ("x", "y"):
        try:
            int(text)
        except ValueError as error:
            members.append(error)

    def raise_group() -> None:
        raise ExceptionGroup("both", members)

    shown = last_traceback([*_raised(raise_group), "after"])
    assert (shown[0], shown[-1]) == (HEADER, "ValueError: invalid literal for int() with base 10: 'y'")
    assert all(line.startswith("  ") for line in shown[1:-1])


def _logs_of(case: int, seen: Scope, *exchanges: int) -> tuple[str, ...]:
    """Return the log lines of a finding that rests on these exchanges of a case."""
    found = replace(FOUND[1], case=CASES[case].id, exchanges=exchanges)
    group = Group(fingerprint=found.fingerprint, finding=found, witnesses=(found.case,))
    verdict = RunVerdict(verdict=Verdict.FAIL, groups=(group,))
    return build(RUN, PLAN, (), {CASES[case].id: seen}, verdict).findings[0].logs


RAISED = (HEADER, *_frame("/srv/shop/orders.py", 1), "KeyError: password=hunter2\x1b[31m")
SHOWN = (HEADER, *_frame("/srv/shop/orders.py", 1), "KeyError: password=[redacted]")


def test_a_5xx_shows_what_was_raised() -> None:
    """The line with the request id comes first, then the traceback with its indentation, secrets left out."""
    answer = replace(BROKEN, headers=(("X-Request-Id", "req-0001-abcdef"),))
    logs = (*RAISED, "done  req-0001-abcdef 500")
    seen = scope(CASES[0], exchanges=(exchange(1, "trouble", 0, 4, NESTED, answer),), logs=logs)
    assert _logs_of(0, seen, 1) == ("done req-0001-abcdef 500", *SHOWN)


def test_no_answer_shows_what_was_raised() -> None:
    """Where nothing came back, the traceback may tell why; where the answer was good, it explains nothing."""
    lost, good = (
        scope(CASES[0], exchanges=(exchange(1, "trouble", 0, 4, NESTED, answer),), logs=RAISED)
        for answer in (None, CREATED)
    )
    assert (_logs_of(0, lost, 1), _logs_of(0, good, 1)) == (SHOWN, ())


def test_a_load_that_broke_shows_what_was_raised() -> None:
    """The requests of a load are no exchanges: one answer of the 5xx class among them is enough."""
    broken, whole = (replace(loaded(slow=slow), logs=RAISED) for slow in (True, False))
    assert (_logs_of(4, broken), _logs_of(4, whole)) == (SHOWN, ())
