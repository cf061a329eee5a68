"""A threshold promises something that can be broken, or it is refused with what to write."""

from __future__ import annotations

import pytest

from harness.model.steps import Threshold
from harness.scenario import parse_threshold

RIGHT = (
    Threshold(text="p(95) < 250ms", measure="p", quantile=95.0, comparison="<", bound=0.25),
    Threshold(text="p(99.9) < 1.5s", measure="p", quantile=99.9, comparison="<", bound=1.5),
    Threshold(text="p(50) < 1m", measure="p", quantile=50.0, comparison="<", bound=60.0),
    Threshold(text="errors < 1%", measure="errors", comparison="<", bound=0.01),
    Threshold(text="errors < 0.1%", measure="errors", comparison="<", bound=0.001),
    Threshold(text="rate > 40", measure="rate", comparison=">", bound=40.0),
    Threshold(text="rate > 39.5", measure="rate", comparison=">", bound=39.5),
)

FORM = "expected a measure, a comparison and a bound, such as p(95) < 250ms, errors < 1% or rate > 40"
UNIT = "the bound of 'p': expected a duration with its unit, such as 250ms, 1.5s or 1m"
EDGE = "a quantile lies between 0 and 100, both left out, not"

WRONG = {
    "": FORM,
    "p(95)": FORM,
    "p(95) <": FORM,
    "95% < 250ms": FORM,
    "p95 < 250ms": "expected a measure, a comparison and a bound; write p(95)",
    "p < 250ms": "'p' needs its quantile as a number, such as p(95)",
    "p() < 250ms": "'p' needs its quantile as a number, such as p(95)",
    "p(high) < 250ms": "'p' needs its quantile as a number, such as p(95)",
    "p(-5) < 250ms": "'p' needs its quantile as a number, such as p(95)",
    "p(0) < 250ms": f"{EDGE} 0; write p(95)",
    "p(100) < 250ms": f"{EDGE} 100; write p(95)",
    "p(101) < 250ms": f"{EDGE} 101; write p(95)",
    "p(95) > 250ms": "'p' is compared with <, not with >; write <",
    "p(95) <= 250ms": "'p' is compared with <, not with <=; write <",
    "p(95) < 250": f"{UNIT}; write 250ms",
    "p(95) < 250 ms": f"{UNIT}; write 250ms",
    "p(95) < soon": UNIT,
    "p(95) < 0ms": "no answer takes less than nothing; write a bound such as 250ms",
    "errors < 1": "the bound of 'errors' needs its unit; write 1%",
    "errors > 1%": "'errors' is compared with <, not with >; write <",
    "errors < 0%": "a share of errors below 0% says nothing; write one above 0% and up to 100%",
    "errors < 101%": "a share of errors below 101% says nothing; write one above 0% and up to 100%",
    "errors < few": "the bound of 'errors' is a share such as 1%",
    "errors(5) < 1%": "'errors' has no quantile; write errors without parentheses",
    "rate < 40": "'rate' is compared with >, not with <; write >",
    "rate > 40/s": "the bound of 'rate' is a number of answers per second; write 40",
    "rate > fast": "the bound of 'rate' is a number of answers per second, such as rate > 40",
    "error < 1%": "'error' is not measured; the measures are p, errors and rate; did you mean errors?",
    "latency < 1s": (
        "'latency' is not measured; the measures are p, errors and rate, such as p(95) < 250ms, errors < 1% or rate > 40"
    ),
}


@pytest.mark.parametrize("threshold", RIGHT, ids=[threshold.text for threshold in RIGHT])
def test_a_right_threshold_is_read_and_its_spaces_do_not_matter(threshold: Threshold) -> None:
    """The bound is in seconds, as a fraction or in answers per second; the text is kept with regular spaces."""
    assert parse_threshold(threshold.text) == threshold
    assert parse_threshold(f"  {threshold.text.replace(' ', '')} ") == threshold


@pytest.mark.parametrize(("text", "message"), WRONG.items(), ids=list(WRONG))
def test_a_wrong_threshold_is_refused_with_what_to_write(text: str, message: str) -> None:
    """Bounds that cannot be broken, wrong directions and missing units are refused, not guessed."""
    with pytest.raises(ValueError, match=r"\A") as caught:
        parse_threshold(text)
    assert str(caught.value) == message
