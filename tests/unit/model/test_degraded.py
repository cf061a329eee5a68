"""An answer that says of itself that something is missing."""

from __future__ import annotations

import pytest

from harness.model.degraded import says_degraded
from harness.model.messages import Answer
from harness.model.services import Operation, Route, Selector

ROUTE = Route(method="POST", path="/v2/batches")
HONEST = Operation(name="create", route=ROUTE, degraded=Selector(place="json", name="/source/a~1b~0"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"source": {"a/b~": "late"}}', True),
        (b'{"source": {"a/b~": true}}', True),
        (b'{"source": {"a/b~": ["x"]}}', True),
        (b'{"source": {"a/b~": null}}', False),
        (b'{"source": {"a/b~": ""}}', False),
        (b'{"source": {"a/b~": []}}', False),
        (b'{"source": {}}', False),
        (b'{"source": []}', False),
        (b"[1]", False),
        (b"not json", False),
        (b"[" * 100_000, False),
    ],
)
def test_any_value_but_an_empty_one_says_so(body: bytes, said: bool) -> None:
    """The declared place decides (RFC 6901, escapes included); what is not there or no JSON says nothing."""
    assert says_degraded(HONEST, Answer(status=201, body=body)) == said


def test_where_no_place_is_declared_nothing_says_so() -> None:
    """Neither an operation without a declared place nor silence is degraded."""
    plain = Operation(name="create", route=ROUTE)
    assert not says_degraded(plain, Answer(status=201, body=b'{"degraded": true}'))
    assert not says_degraded(HONEST, None)
