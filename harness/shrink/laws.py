"""What has to stay so that the oracle of a smaller case is true: a correct service must pass it as it passes the whole.

A smaller case that breaks a law is never tried, whatever it would show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.model.records import record
from harness.model.steps import Arm, Clear, Expected, Insist, Kill, Load, Phase, Recover, Send, Step, sends_of
from harness.shrink.contents import Document, sound
from harness.shrink.view import View, labels_of


@record
class Law:
    """One law. ``holds`` is asked of the original and of a smaller case; ``doc`` says what stays, and why."""

    name: str
    doc: str
    holds: Callable[[View, View], bool]


def lawful(original: View, smaller: View, document: Document) -> bool:
    """Tell whether ``smaller`` keeps every law that makes its oracle as true as that of ``original``."""
    return (
        bool(smaller.labels)
        and all(law.holds(original, smaller) for law in LAWS)
        and sound(original, smaller, document)
    )


def _first_words(original: View, smaller: View) -> bool:
    """Tell whether the message that first used an identity is there wherever one of other bytes is."""
    return all(
        original.first[send.event].label in smaller.sends
        or not _differ(original.sends[send.label], original.first[send.event])
        for send in smaller.sends.values()
        if send.event
    )


def _differ(one: Send, other: Send) -> bool:
    return one.message != other.message or one.operation != other.operation


def _struck_before(original: View, smaller: View) -> bool:
    """Tell whether each fault still strikes what it was to strike, where something else under it is to go well."""
    for place, step in enumerate(smaller.case.steps):
        calm = tuple(_calm_under(smaller.case.steps[place + 1 :], step.fault.id)) if isinstance(step, Arm) else ()
        if not isinstance(step, Arm) or not calm:
            continue
        if step.fault.first != original.strikes[step.fault.id]:
            return False
        ends = step.fault.times > 0
        if ends and not all(_window(original, step.fault.id, label) <= smaller.labels for label in calm):
            return False
    return True


def _calm_under(steps: tuple[Step, ...], fault: str) -> Iterator[str]:
    """Yield the labels of what is expected to go well while a fault may still be armed."""
    for step in steps:
        if isinstance(step, Clear) and step.fault == fault:
            return
        if isinstance(step, Recover | Insist | Load):
            yield step.label
        yield from (send.label for send in sends_of(step) if _calm(send))


def _window(original: View, fault: str, label: str) -> frozenset[str]:
    """Return what was sent between the arming of a fault and the step of this label."""
    found: set[str] = set()
    armed = False
    for step in original.case.steps:
        armed = armed or (isinstance(step, Arm) and step.fault.id == fault)
        own = labels_of((step,))
        if label in own:
            break
        found |= own if armed else set()
    return frozenset(found)


def _calm(send: Send) -> bool:
    expected = send.expect.expected if send.expect else None
    return send.phase is not Phase.FAULT or expected is Expected.ACCEPTED


def _way_back(original: View, smaller: View) -> bool:
    """Tell whether each wait until the service is well is there that has a trouble before and a send behind it."""
    waits = [s.label for s in original.case.steps if isinstance(s, Recover | Insist) and s.label not in smaller.labels]
    return not any(_needed(original.case.steps, smaller, label) for label in waits)


def _needed(steps: tuple[Step, ...], smaller: View, label: str) -> bool:
    """Tell whether a step that is gone stood between a trouble that is left and a send that is."""
    place = next(n for n, step in enumerate(steps) if label in labels_of((step,)))
    armed = {step.fault.id for step in steps[:place] if isinstance(step, Arm)}
    killed = any(isinstance(step, Kill) for step in steps[:place])
    trouble = any(
        (isinstance(step, Arm) and step.fault.id in armed) or (isinstance(step, Kill) and killed)
        for step in smaller.case.steps
    )
    return trouble and bool(labels_of(steps[place + 1 :]) & smaller.labels)


def _told_in_order(original: View, smaller: View) -> bool:
    """Tell whether all that was sent before a promise that is left is there."""
    order = tuple(original.sends)
    last = max(
        (n for n, label in enumerate(order) if label in smaller.sends and _promised(original, label)), default=-1
    )
    return set(order[: last + 1]) <= smaller.sends.keys()


def _promised(original: View, label: str) -> bool:
    return original.sends[label].promise is not None


LAWS = (
    Law(
        name="first words",
        doc="The message that first used an identity stays while others under it have other bytes: they are wrong, or "
        "the same, only beside it.",
        holds=_first_words,
    ),
    Law(
        name="strikes used up",
        doc="What a fault was to strike stays, and when, while something sent under it is expected to go well: "
        "else the fault strikes that.",
        holds=_struck_before,
    ),
    Law(
        name="the way back",
        doc="A wait until the service is well stays while the trouble before it and a send behind it stay: a correct "
        "service may refuse for a while.",
        holds=_way_back,
    ),
    Law(
        name="promises in order",
        doc="What was sent before a promise to an old client stays: its answers were recorded in this order.",
        holds=_told_in_order,
    ),
)
"""Every law; that faults are cleared where they were, and waits for rest stay, is in what the kinds of pieces leave."""
