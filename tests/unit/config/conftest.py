"""A right configuration, and what is told of a wrong variant of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.model.errors import ScenarioError

Told = list[tuple[int, int, str, str, str]]

RIGHT = """\
format: 1
service:
  app: shop:app
  server: gunicorn
  workers: 2
  deadline: 2s
  env: {MODE: fast}
dependencies:
  bank:
    env: BANK_URL
    calls:
      - request: POST /entries/{id}
        effect: {keyed: path:id}
        answer: {status: 201, json: {id: "{uuid}"}}
operations:
  buy:
    request: POST /orders?trace=a
    json: {order: {id: x}, count: 1}
    event: json:/order/id
    effect: bank POST /entries/{id}
    read: GET /orders/{answer.id}
watch: [GET /healthz]
"""


@pytest.fixture
def right() -> str:
    """Return a configuration without a mistake."""
    return RIGHT


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[[str, str], Told]:
    """Return what is told of the right configuration after one edit: line, column, key, message, nearest."""

    def told(before: str, after: str) -> Told:
        assert before in RIGHT
        path = tmp_path / "harness.yaml"
        path.write_text(RIGHT.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_configuration(path)
        assert {problem.file for problem in caught.value.problems} == {str(path)}
        return [(one.line, one.column, one.key, one.message, one.nearest) for one in caught.value.problems]

    return told
