"""Thresholds of a load: ``p(95) < 250ms``, ``errors < 1%``, ``rate > 40``.

A latency and a share of errors are bounded from above, a rate of answers from below; the other direction
would promise nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

from harness.config.nodes import nearest
from harness.config.values import nearest_duration, parse_duration
from harness.model.steps import Threshold

Measure = Literal["p", "errors", "rate"]
Comparison = Literal["<", ">"]

_FORM = re.compile(r"\s*([A-Za-z]+)\s*(?:\(\s*([^()]*?)\s*\))?\s*([<>=!]+)\s*(\S(?:.*\S)?)\s*", re.DOTALL)
_BARE_QUANTILE = re.compile(r"\s*[pP]([0-9]+(?:\.[0-9]+)?)\b")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_EXAMPLES = "such as p(95) < 250ms, errors < 1% or rate > 40"
_MEASURES: Mapping[str, tuple[Measure, Comparison]] = {
    "p": ("p", "<"),
    "errors": ("errors", "<"),
    "rate": ("rate", ">"),
}


def parse_threshold(text: str) -> Threshold:
    """Return the threshold that ``text`` says, its spaces made regular.

    The bound of ``p`` becomes seconds, that of ``errors`` a fraction, that of ``rate`` answers per second.
    ValueError says what to write instead.
    """
    match = _FORM.fullmatch(text)
    if not match:
        bare = _BARE_QUANTILE.match(text)
        hint = f"; write p({bare[1]})" if bare else f", {_EXAMPLES}"
        raise ValueError(f"expected a measure, a comparison and a bound{hint}")
    word, quantile, comparison, bound = match.groups()
    measure, direction = _measure(word)
    _refuse_direction(measure, comparison, direction)
    subject = f"p({quantile or ''})" if measure == "p" else measure
    return Threshold(
        text=f"{subject} {direction} {bound}",
        measure=measure,
        quantile=_quantile(measure, quantile),
        comparison=direction,
        bound=_BOUNDS[measure](bound),
    )


def _measure(word: str) -> tuple[Measure, Comparison]:
    """Return the measure called ``word`` and the only comparison that promises something."""
    if word not in _MEASURES:
        near = nearest(word, _MEASURES)
        hint = f"; did you mean {near}?" if near else f", {_EXAMPLES}"
        raise ValueError(f"'{word}' is not measured; the measures are p, errors and rate{hint}")
    return _MEASURES[word]


def _refuse_direction(measure: Measure, comparison: str, direction: Comparison) -> None:
    """Refuse a comparison that is not the measure's own."""
    if comparison != direction:
        raise ValueError(f"'{measure}' is compared with {direction}, not with {comparison}; write {direction}")


def _quantile(measure: Measure, written: str | None) -> float:
    """Return the quantile of ``p``, above 0 and below 100; 0 for the other measures."""
    if measure != "p":
        if written is not None:
            raise ValueError(f"'{measure}' has no quantile; write {measure} without parentheses")
        return 0.0
    if written is None or not _NUMBER.fullmatch(written):
        raise ValueError("'p' needs its quantile as a number, such as p(95)")
    value = float(written)
    if not 0 < value < 100:
        raise ValueError(f"a quantile lies between 0 and 100, both left out, not {written}; write p(95)")
    return value


def _seconds(bound: str) -> float:
    """Return a latency in seconds."""
    try:
        seconds = parse_duration(bound)
    except ValueError as error:
        near = nearest_duration(bound)
        hint = f"; write {near}" if near and near != bound else ""
        raise ValueError(f"the bound of 'p': {error}{hint}") from error
    if seconds <= 0:
        raise ValueError("no answer takes less than nothing; write a bound such as 250ms")
    return seconds


def _fraction(bound: str) -> float:
    """Return a share of errors as a fraction."""
    number = bound.removesuffix("%").rstrip()
    if not _NUMBER.fullmatch(number):
        raise ValueError("the bound of 'errors' is a share such as 1%")
    if not bound.endswith("%"):
        raise ValueError(f"the bound of 'errors' needs its unit; write {number}%")
    value = float(number)
    if not 0 < value <= 100:
        raise ValueError(f"a share of errors below {number}% says nothing; write one above 0% and up to 100%")
    return round(value / 100, 12)


def _per_second(bound: str) -> float:
    """Return a rate in answers per second."""
    if _NUMBER.fullmatch(bound):
        return float(bound)
    number = re.match(_NUMBER, bound)
    hint = f"; write {number.group()}" if number else ", such as rate > 40"
    raise ValueError(f"the bound of 'rate' is a number of answers per second{hint}")


_BOUNDS: Mapping[Measure, Callable[[str], float]] = {"p": _seconds, "errors": _fraction, "rate": _per_second}
