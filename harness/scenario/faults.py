"""Reads an author's own fault: what goes wrong, at which dependency, on which calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.config.nodes import Node, Problems, Reader, Refused, describe, mapping_of, members, nearest
from harness.config.values import choice, duration, text, whole
from harness.model.faults import Fault, Landed
from harness.scenario.vocabulary import Vocabulary

_MOST = 1_000_000
_LARGEST = 1e15
_REQUIRED = ("kind", "dependency")

OWN: Mapping[str, Reader] = {
    "kind": text,
    "dependency": text,
    "call": text,
    "first": whole(1, _MOST),
    "times": whole(0, _MOST),
    "landed": choice(Landed.NONE, Landed.WHOLE),
}
"""The keys of ``fault`` that every kind has; the settings of the kind stand beside them."""


def fault(node: Node, problems: Problems, known: Vocabulary, entry: str) -> Fault | None:
    """Read the fault of the entry called ``entry``; None where it has a problem.

    Settings that are not given get their defaults, so that a stored case says the whole of it.
    """
    before = len(problems.found())
    given = mapping_of(node)
    kinds = _kinds(given, known)
    settings = {name: default for kind in kinds for name, default in known.faults[kind].items()}
    durations = frozenset(name for kind in kinds for name in known.durations.get(kind, ()))
    read = members(node, {**OWN, **_readers(settings, durations)}, problems, required=_REQUIRED)
    _note_unknown(given, read, known, problems)
    if len(problems.found()) > before or any(name not in read for name in _REQUIRED):
        return None  # what is missing without a problem of this reader was refused as YAML already
    if "landed" in read:
        read["landed"] = Landed(read["landed"])
    own = {name: value for name, value in read.items() if name in OWN}
    chosen = {name: read.get(name, default) for name, default in settings.items()}
    built = Fault(id=entry, settings=chosen, **own)
    wrong = known.fault_problem(built)
    if wrong:
        raise Refused(node, wrong)
    return built


def _kinds(given: Mapping[str, Node], known: Vocabulary) -> tuple[str, ...]:
    """Return the kind whose settings may stand here; every kind where the one given is not known."""
    kind = given["kind"].value if "kind" in given else None
    return (kind,) if isinstance(kind, str) and kind in known.faults else tuple(known.faults)


def _readers(settings: Mapping[str, float | str], durations: frozenset[str]) -> dict[str, Reader]:
    """Return how each setting is read: by the type of its default, and whether it is a duration."""
    return {
        name: duration if name in durations else _word if isinstance(default, str) else _number
        for name, default in settings.items()
    }


def _number(node: Node, _: Problems) -> float:
    """Read a plain number."""
    if not isinstance(node.value, int | float) or isinstance(node.value, bool):
        raise Refused(node, f"expected a number, found {describe(node)}")
    if not -_LARGEST <= node.value <= _LARGEST:
        raise Refused(node, "expected a number of a sensible size")
    return float(node.value)


def _word(node: Node, problems: Problems) -> float | str:
    """Read a word; a number stands for its digits."""
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return _number(node, problems)
    return text(node, problems)


def _note_unknown(given: Mapping[str, Node], read: Mapping[str, Any], known: Vocabulary, problems: Problems) -> None:
    """Note a kind, a dependency or a call that does not exist: a fault that can never fire shows nothing."""
    if "kind" in read and read["kind"] not in known.faults:
        problems.note(given["kind"], *_no_such("kind of fault", read["kind"], known.faults))
    if "dependency" not in read:
        return
    if read["dependency"] not in known.dependencies:
        problems.note(given["dependency"], *_no_such("dependency", read["dependency"], known.dependencies))
        return
    calls = known.calls.get(read["dependency"])
    if "call" in read and calls is not None and read["call"] not in calls:
        problems.note(given["call"], *_no_such(f"call of {read['dependency']}", read["call"], calls))


def _no_such(what: str, word: str, known: Mapping[str, object] | frozenset[str]) -> tuple[str, str]:
    """Return what to say of a name that does not exist, and the right one."""
    right = nearest(word, known)
    listed = ", ".join(sorted(known)) or "none"
    return f"no such {what}" if right else f"no such {what}; there is: {listed}", right
