"""A service tells what it serves; where it cannot, nothing is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.model.services import Route, Server, Service
from harness.targets.rules import rule
from harness.targets.serving import Served, serving

from .conftest import APPS


@pytest.mark.server
@pytest.mark.parametrize("app", ["routed:create_app()", "routed:wrapped()"])
def test_every_route_is_told_with_its_methods_and_its_function(tmp_path: Path, app: str) -> None:
    """Of blueprints and of classes, behind wrappers; files of its own and what Flask adds by itself are left out."""
    service = Service(server=Server.GUNICORN, app=app, directory=str(APPS))
    assert set(serving(service, env={}, logs=tmp_path, clock=SystemClock())) == {
        Served(route=Route(method="POST", path="/v1/things"), name="create_thing"),
        Served(route=Route(method="GET", path="/things/{number}"), name="thing", open=False),
        Served(route=Route(method="PUT", path="/things/{number}"), name="thing", open=False),
    }
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.server
@pytest.mark.parametrize("app", ["routed:broken()", "routed:silent()", "nowhere:app", "plain:application", ""])
def test_what_tells_nothing_is_no_failure(tmp_path: Path, app: str) -> None:
    """An application that cannot be imported, ends, or is none of Flask; a command that is no application at all."""
    service = Service(server=Server.GUNICORN, app=app, directory=str(APPS))
    assert serving(service, env={}, logs=tmp_path, clock=SystemClock()) == ()


class Rule:
    """A rule as werkzeug has it."""

    def __init__(self, rule: str) -> None:
        self.rule, self.methods, self.endpoint = rule, {"HEAD", "OPTIONS", "PUT", "GET"}, "shop.orders.place"


@pytest.mark.parametrize(
    ("written", "path", "takes_any"),
    [
        ("/orders", "/orders", True),
        ("/orders/<order>", "/orders/{order}", True),
        ("/orders/<int:order>/items/<path:rest>", "/orders/{order}/items/{rest}", False),
        ("/<uuid:order>/<string(length=2):code>", "/{order}/{code}", True),
        ('/<any(a, b):kind>/<regex("a:b"):code>', "/{kind}/{code}", False),
        ("/größen", "/gr%C3%B6%C3%9Fen", True),
    ],
)
def test_what_varies_in_a_path_stands_in_braces(written: str, path: str, *, takes_any: bool) -> None:
    """Whatever its converter, which says whether a UUID can stand there; the rest is as it goes over the wire."""
    told = {"path": path, "methods": ["GET", "PUT"], "name": "place", "open": takes_any}
    assert rule(Rule(written)) == told
