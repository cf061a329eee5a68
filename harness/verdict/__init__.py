"""From judgements to the verdict of a run: what the gate counts of them, what they come to, how often they repeat."""

from harness.verdict.alone import answers_alone
from harness.verdict.baseline import Updated, updated
from harness.verdict.deciding import CUT_SHORT, NO_CHANCE, Group, RunVerdict, decide, size
from harness.verdict.gate import held, notices
from harness.verdict.repeats import only_again, with_ratios, worth_rerunning

__all__ = [
    "CUT_SHORT",
    "NO_CHANCE",
    "Group",
    "RunVerdict",
    "Updated",
    "answers_alone",
    "decide",
    "held",
    "notices",
    "only_again",
    "size",
    "updated",
    "with_ratios",
    "worth_rerunning",
]
