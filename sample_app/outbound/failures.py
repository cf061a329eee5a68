"""Why an outgoing call did not give what was asked of it: one table for every dependency.

    kind         what happened                                                          the breaker counts it
    late         the call's deadline passed, wherever the call was                      yes
    unavailable  no connection; refused, reset or closed without an answer; 429; 5xx    yes
    broken       an answer that is cut, malformed, too long or not the document agreed  yes
    wrong        a whole answer with a status that was not agreed: it lives and said no  no
    hurried      late, but our own caller left it less than half of its usual time       no
    open         not called: the breaker is open                                         no
    full         not called: too many calls are under way                                no

A failure never says that nothing happened there, except ``open`` and ``full``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

FailureKind: TypeAlias = Literal["late", "unavailable", "broken", "wrong", "hurried", "open", "full"]

SIGNS_OF_TROUBLE: frozenset[FailureKind] = frozenset({"late", "unavailable", "broken"})
NOT_CALLED: frozenset[FailureKind] = frozenset({"open", "full"})


class CallFailure(Exception):
    """A call failed. ``retry_after`` is the wait that was asked of us, or that we ask for, in seconds."""

    def __init__(self, kind: FailureKind, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.kind: FailureKind = kind
        self.detail = detail
        self.retry_after = retry_after
