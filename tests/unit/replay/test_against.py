"""What is sent to two builds: the requests of books and incidents, as far as each of the builds can be sent them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.incident.written import written
from harness.model.clients import BookExchange, ClientBook, PromisedAnswer
from harness.model.comparisons import Uncompared
from harness.model.errors import UsageError
from harness.model.messages import Request
from harness.model.services import Operation, Route, Server
from harness.model.steps import Load
from harness.replay.against import Against, Corpus, compare, sent_to
from harness.stage.performing import Order
from tests.unit.replay.test_replaying import INCIDENT
from tests.unit.report.made import CONFIGURATION

REQUEST = Request(method="POST", target="/v1/batches", body=b"{}")
BOOK = ClientBook(
    client="v1",
    file="clients/v1.yaml",
    operation="create_batch",
    free=("/title",),
    recorded="today",
    exchanges=(BookExchange(name="made", request=REQUEST, answer=PromisedAnswer(status=201)),),
)
CORPUS = Corpus(books=(BOOK,), incidents=(INCIDENT,))


def test_books_and_incidents_are_sent_once_each() -> None:
    """An incident once, whatever its tries; the texts that a book lets change go with it. The own example is first."""
    sent = sent_to(CORPUS, CONFIGURATION, 1)
    assert [(one.case.id, one.source, one.free) for one in sent.cast] == [
        ("clean/create_batch", "harness.yaml", ()),
        ("v1/R08/create_batch/v1-made", "v1.yaml", ("/title",)),
        ("kept/1", "kept.json", ()),
    ]
    assert (sent.left_out, [case.id for case in sent.plan({"kept/1"}, 1).cases]) == ((), ["kept/1"])


def test_what_a_build_has_no_operation_for_is_left_out_and_told() -> None:
    """The other build is not sent it either, and the comparison is no pass."""
    other = Operation(name="make_batch", route=Route(method="POST", path="/v1/batches"))
    sent = sent_to(CORPUS, replace(CONFIGURATION, file="old.yaml", operations=(other,)), 1)
    told = [
        ("v1.yaml", "v1", "old.yaml has no operation 'create_batch'; it has make_batch"),
        ("kept.json", "kept", "the configuration has no operation 'create_batch'; it has make_batch"),
    ]
    assert sent.cast == ()
    assert sent.left_out == tuple(Uncompared(source=s, case=case, name="", reason=why) for s, case, why in told)


def test_a_load_is_not_even_sent() -> None:
    """Of its answers there is none to hold against another."""
    load = Load(label="load", operation="create_batch", message=REQUEST, rate=1.0, seconds=1.0)
    heavy = replace(INCIDENT, case=replace(INCIDENT.case, steps=(load,)))
    sent = sent_to(Corpus(books=(), incidents=(heavy,)), CONFIGURATION, 1)
    assert ([one.case.id for one in sent.cast], sent.plan({"kept/1"}, 1).cases) == (
        ["clean/create_batch", "kept/1"],
        (),
    )


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    """It would send nothing, and nothing sent shows nothing."""
    own = replace(CONFIGURATION, file=str(tmp_path / "harness.yaml"))
    order = Order(configuration=own, scenarios=(), seed=1, selected="", directory=tmp_path / "run")
    with pytest.raises(UsageError, match="holds no incident and no answer book"):
        compare(Against(revision="HEAD"), order, lambda _: CONFIGURATION, [tmp_path], None)  # type: ignore[arg-type]


def test_a_service_that_only_runs_somewhere_has_no_earlier_build(tmp_path: Path) -> None:
    """Both builds would be the one that runs, and comparing it with itself shows nothing."""
    file = tmp_path / "kept.json"
    file.write_text(written(INCIDENT), encoding="utf-8")
    running = replace(CONFIGURATION.service, server=Server.URL, url="http://127.0.0.1:1")
    found = replace(CONFIGURATION, file=str(tmp_path / "harness.yaml"), service=running)
    order = Order(configuration=found, scenarios=(), seed=1, selected="", directory=tmp_path / "run")
    with pytest.raises(UsageError, match="both would be the one that runs"):
        compare(Against(revision="HEAD"), order, lambda _: found, [file], None)  # type: ignore[arg-type]
    same = Against(config=tmp_path / "old.yaml")
    with pytest.raises(UsageError, match="are one: both run the same service in the same way"):
        compare(same, order, lambda _: found, [file], None)  # type: ignore[arg-type]
