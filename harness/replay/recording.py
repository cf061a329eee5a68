"""An answer book is recorded: its requests are sent in two clean runs, and what both were answered is promised."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from harness.history import directory as files
from harness.history.pairing import Setting, scopes
from harness.history.recorded import Seen, recorded
from harness.model.cases import Family
from harness.model.clients import ClientBook
from harness.model.errors import TargetError, UsageError
from harness.model.runs import Run, State
from harness.model.scenarios import Entry, Scenario
from harness.model.scope import Exchange
from harness.model.services import Configuration
from harness.model.wire import render
from harness.plan.books import label
from harness.redaction.redact import redact_bytes
from harness.report.progress import Progress
from harness.scenario.clients import load_book
from harness.scenario.clients_written import written
from harness.stage.concluding import load_log
from harness.stage.performing import Order, perform


def record_book(path: Path, configuration: Configuration, progress: Progress) -> ClientBook:
    """Record the book at ``path`` from two clean runs of the service, write it there, and return it.

    Errors: ScenarioError for what is wrong in the file; UsageError where a request holds a secret, is not answered, or
    is answered differently in shape; TargetError where the service cannot be started.
    """
    operations = frozenset(operation.name for operation in configuration.operations)
    book = load_book(path, operations, draft=True)
    draft = replace(book, exchanges=tuple(replace(e, answer=None) for e in book.exchanges))
    _refuse_secrets(draft, configuration.secrets)
    (run, one), (_, two) = (_seen(draft, configuration, seed, progress) for seed in (1, 2))
    day = datetime.now(UTC).date().isoformat()
    result = recorded(draft, one, two, f"{day} from {run.target}, twice")
    files.write_whole(path, written(result))
    return result


def _refuse_secrets(book: ClientBook, secrets: tuple[str, ...]) -> None:
    for exchange in book.exchanges:
        data = render(exchange.request, "service")
        if redact_bytes(data, secrets) != data:
            raise UsageError(f"'{exchange.name}' holds what looks like a secret; a book is kept for ever: leave it out")


def _seen(book: ClientBook, configuration: Configuration, seed: int, progress: Progress) -> tuple[Run, Seen]:
    """Send the book once to a fresh service; return the run and what was seen by the names of the exchanges."""
    scenario = Scenario(
        name="record", file=book.file, family=Family.VERSIONS, entries=(Entry(id="R08"),), books=(book,)
    )
    with tempfile.TemporaryDirectory(prefix="harness-") as scratch:
        directory = Path(scratch) / "run"
        files.create(directory)
        order = Order(
            configuration=configuration, scenarios=(scenario,), seed=seed, selected="R08", directory=directory
        )
        run = perform(order, progress)
        if run.state is not State.COMPLETE:
            raise TargetError(f"the recording did not end: {run.trouble}")
        return run, _by_name(book, directory, run)


def _by_name(book: ClientBook, directory: Path, run: Run) -> Seen:
    setting = Setting(configuration=run.configuration, contracts=run.contracts)
    plan = files.load_plan(directory)
    seen = scopes(tuple(files.read_history(directory)), plan, setting, load_log(directory))
    exchanges: dict[str, Exchange] = {e.label: e for scope in seen.values() for e in scope.exchanges}
    names = {label(book, exchange.name): exchange.name for exchange in book.exchanges}
    return {names[found]: exchange for found, exchange in exchanges.items() if found in names}
