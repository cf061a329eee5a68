"""The entries of the timeout family as a table: what each is called, which faults it stands for, in which course.

A strike says what goes wrong, how often, and how many requests meet it; the course
(:mod:`harness.plan.timeout_courses`) says what is sent when. Most entries take the plain one: clean, in trouble, and
the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.model.faults import Landed
from harness.model.records import record
from harness.plan import timeout_courses as courses
from harness.plan.timeout_courses import SLOW, Course, Scene

BEYOND = 1.25
"""Deadlines of the service after which an answer comes too late for anyone."""

LONG = 2.0
"""Deadlines of the service that a drip lasts: longer than any client of ours waits, so it is a hang and not a delay."""

BEYOND_A_CALL = 0.6
"""Deadlines of the service after which an answer comes too late for a client that leaves time for an answer."""


@record
class Strike:
    """One fault of an entry: its kind, how often, with what; ``sends`` requests meet it.

    ``deadlines`` sets the ``delay``, in deadlines of the service; 0: ``settings`` says it all. ``whole``: it strikes
    every call to the dependency, not one declared call. No kind: nothing is armed.
    """

    label: str
    kind: str = ""
    times: int = 0
    sends: int = 1
    landed: Landed | None = None
    settings: Mapping[str, float | str]
    deadlines: float = 0.0
    whole: bool = False


@record
class Trouble:
    """A catalogue entry of the family.

    ``own_effect``: it is about a call that does something, so only the operation's own effect is struck where one is
    declared.
    """

    title: str
    strikes: tuple[Strike, ...]
    course: Callable[[Scene], Course] = courses.in_order
    own_effect: bool = False


def _strike(
    label: str,
    kind: str = "",
    *,
    times: int = 0,
    sends: int = 1,
    deadlines: float = 0.0,
    whole: bool = False,
    landed: Landed | None = None,
    **settings: float | str,
) -> Strike:
    return Strike(
        label=label,
        kind=kind,
        times=times,
        sends=sends,
        settings=settings,
        deadlines=deadlines,
        whole=whole,
        landed=landed,
    )


def _bodies(*bodies: str) -> tuple[Strike, ...]:
    return tuple(_strike(body, "malformed-body", body=body) for body in bodies)


def _statuses(*codes: int, landed: Landed | None = None) -> tuple[Strike, ...]:
    return tuple(_strike(str(code), "status", code=code, landed=landed) for code in codes)


ENTRIES: Mapping[str, Trouble] = {
    "T01": Trouble(
        title="the dependency refuses connections", strikes=(_strike("refused", "refused", sends=2, whole=True),)
    ),
    "T02": Trouble(title="the dependency accepts and never answers", strikes=(_strike("no-answer", "no-answer"),)),
    "T05": Trouble(
        title="the dependency closes without a byte",
        strikes=(_strike("closed", "closed"), _strike("reset", "reset")),
    ),
    "T08": Trouble(
        title="the answer is cut inside its header block",
        strikes=(_strike("done", "cut-head"), _strike("not-done", "cut-head", landed=Landed.NONE)),
        own_effect=True,
    ),
    "T09": Trouble(
        title="the header block of the answer drips",
        strikes=(_strike("drip", "drip", deadlines=LONG, part="head"),),
    ),
    "T10": Trouble(
        title="the body of the answer drips", strikes=(_strike("drip", "drip", deadlines=LONG, part="body"),)
    ),
    "T11": Trouble(title="the answer is cut short of its length", strikes=(_strike("truncated", "truncated"),)),
    "T12": Trouble(title="the answer has no length and is cut", strikes=(_strike("cut", "cut-unframed"),)),
    "T13": Trouble(
        title="the answer is chunked, and the chunks are broken",
        strikes=(
            _strike("no-last", "broken-chunks", chunks="no-last"),
            _strike("bad-size", "broken-chunks", chunks="bad-size"),
        ),
    ),
    "T15": Trouble(
        title="a success whose body is not what it should be",
        strikes=(*_bodies("empty", "list"), _strike("portal", "portal")),
    ),
    "T16": Trouble(
        title="a success whose fields are not what they should be, or not there",
        strikes=_bodies("html", "null", "missing-field", "nan", "wrong-type"),
    ),
    "T18": Trouble(
        title="a status that nobody agreed on",
        strikes=(*_statuses(204, 202, 206, landed=Landed.WHOLE), *_statuses(999)),
        own_effect=True,
    ),
    "T19": Trouble(title="the dependency says that the fault is ours", strikes=_statuses(400, 409), own_effect=True),
    "T21": Trouble(
        title="the dependency asks to come back later",
        strikes=(
            _strike("a-second", "status", times=1, code=429, retry_after="1"),
            _strike("garbage", "status", code=429, retry_after="soon, -1"),
            _strike("decades", "status", code=503, retry_after="1000000000"),
        ),
        own_effect=True,
    ),
    "T22": Trouble(
        title="the dependency fails once, then is fine",
        strikes=tuple(_strike(f"{code}-once", "status", times=1, code=code) for code in (500, 503)),
        own_effect=True,
    ),
    "T23": Trouble(
        title="the dependency is unavailable for ever", strikes=(_strike("503", "status", sends=8, code=503),)
    ),
    "T24": Trouble(
        title="the dependency fails some times, then is fine",
        strikes=tuple(_strike(f"{n}-times", "status", times=n, sends=2, code=502) for n in (2, 3, 4)),
        own_effect=True,
    ),
    "T26": Trouble(
        title="the dependency is slow for a while, then as ever",
        strikes=(_strike("slow", "late", sends=4, deadlines=SLOW),),
    ),
    "T28": Trouble(
        title="the answer comes after we gave up",
        strikes=(
            _strike("beyond-a-call", "late", times=1, deadlines=BEYOND_A_CALL),
            _strike("beyond-the-deadline", "late", times=1, deadlines=BEYOND),
        ),
        course=courses.next_one_is_refused,
    ),
    "T29": Trouble(
        title="the effect is done, the answer is lost",
        strikes=(_strike("once", "reply-lost", times=1), _strike("every-time", "reply-lost")),
        own_effect=True,
    ),
    "T30": Trouble(
        title="the dependency redirects",
        strikes=(
            _strike("elsewhere", "redirect", whole=True, to="/elsewhere"),
            _strike("loop", "redirect", whole=True, to=""),
        ),
        own_effect=True,
    ),
    "T31": Trouble(
        title="the answer is larger than anyone can read",
        strikes=(_strike("endless", "flood"), _strike("large-head", "large-head")),
    ),
    "T35": Trouble(
        title="many wait for the dependency, others want something else",
        strikes=(_strike("no-answer", "no-answer"),),
        course=courses.crowd,
        own_effect=True,
    ),
    "T36": Trouble(
        title="the caller says how long he waits",
        strikes=(_strike("used-up"), _strike("short", "no-answer")),
        course=courses.callers_deadline,
        own_effect=True,
    ),
    "T37": Trouble(
        title="the client leaves while we wait, and asks again at once",
        strikes=(_strike("slow", "late", times=1, deadlines=SLOW),),
        course=courses.client_leaves,
        own_effect=True,
    ),
    "T43": Trouble(
        title="the duplicate of a failed event lands on another worker",
        strikes=(_strike("reply-lost", "reply-lost"), _strike("503", "status", code=503)),
        course=courses.other_worker,
        own_effect=True,
    ),
    "T45": Trouble(
        title="the effect is done, its answer is late, and a duplicate comes meanwhile",
        strikes=(_strike("late", "late", deadlines=BEYOND),),
        course=courses.duplicate_meanwhile,
        own_effect=True,
    ),
    "T46": Trouble(
        title="two dependencies are in trouble at once",
        strikes=(_strike("503", "status", sends=2, code=503), _strike("no-answer", "no-answer")),
        course=courses.two_troubles,
        own_effect=True,
    ),
    "T47": Trouble(
        title="one dependency fails, another operation does not need it",
        strikes=(_strike("503", "status", sends=8, code=503),),
        course=courses.bystander,
    ),
    "T48": Trouble(
        title="the service is restarted while the dependency is gone",
        strikes=(_strike("refused", "refused", whole=True),),
        course=courses.restarted,
        own_effect=True,
    ),
}
"""Every entry by its id; T01 to T42 as catalogues of faults number them, from T43 on combinations."""
