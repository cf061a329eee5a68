"""A finding that one worker shows is made smaller on one: which of several serves a request would be luck."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Instance
from harness.model.steps import Settle
from harness.shrink.kinds.workers import KIND
from harness.shrink.registry import kinds
from harness.shrink.search import shrink
from tests.unit.shrink.cases import Silent, case, labels, send

WHOLE = case([send("first", 1), Settle(), send("second", 2), Settle()])


def test_one_worker_is_tried_first_and_kept_where_it_shows_the_finding() -> None:
    """Every later case runs on it; of a finding that needs two workers the case stays as configured."""
    tried: list[int] = []

    def shows(alike: Case) -> bool:
        tried.append(alike.instance.workers)
        return "first" in labels(alike)

    assert shrink(WHOLE, kinds(), Silent(), shows, {}).case.instance == Instance(workers=1)
    assert set(tried) == {1}
    on_two = shrink(WHOLE, kinds(), Silent(), lambda alike: alike.instance.workers != 1, {}).case
    assert on_two.instance == Instance()


def test_a_case_on_one_worker_has_no_other() -> None:
    """There is one piece, or none."""
    alone = replace(WHOLE, instance=Instance(workers=1))
    assert (KIND.pieces(WHOLE), KIND.pieces(alone)) == ((("workers",),), ())
    assert KIND.without(WHOLE, frozenset(KIND.pieces(WHOLE))) == alone
