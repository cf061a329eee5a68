"""An incident or a capture in the forms of others: command lines, HAR, a test for pytest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from harness.exchange.capture_files import read_capture
from harness.exchange.documents import Source, refused
from harness.exchange.exports import Export
from harness.exchange.formats import INCIDENT, told
from harness.exchange.har_written import write_har
from harness.exchange.of_case import capture_of
from harness.exchange.pytest_written import write_pytest
from harness.exchange.vcr import write_vcr
from harness.history import directory as files
from harness.incident.reading import incident_of, source_of
from harness.incident.written import written
from harness.model.captures import Capture, SeenExchange
from harness.model.errors import UnsavedError, UsageError
from harness.model.incidents import Incident
from harness.model.records import record
from harness.redaction.scan import scanned
from harness.report.byhand import script

_NO_FILE = "name an incident or a capture"


@record
class Handed:
    """What is exported: a capture (of an incident: what it sends), and the incident where it is one."""

    source: Source
    capture: Capture
    incident: Incident | None


def exported(file: Path, form: str) -> Export:
    """Return what the file holds in the form; ScenarioError with everything that is wrong in it, a secret included."""
    made = EXPORTS[form](_read(source_of(file, _NO_FILE)))
    scanned(made.text, f"{file} as {form}")
    return made


def hand_over(made: Export, output: Path) -> None:
    """Write what was exported; UsageError where it cannot be written."""
    try:
        files.write_whole(output, made.text)
    except UnsavedError as error:
        raise UsageError(f"{output} cannot be written: name another -o") from error


def _read(source: Source) -> Handed:
    if INCIDENT.match(source.data):
        incident = incident_of(source)
        return Handed(source=source, capture=capture_of(incident.case), incident=incident)
    form = told(source)
    if form != "capture":
        raise refused(source, f"this begins like {form}; an incident or a capture is exported: make one of it first")
    return Handed(source=source, capture=read_capture(source), incident=None)


def _curl(handed: Handed) -> Export:
    """Return command lines; requests that were at work at the same time run in the background together."""
    exchanges = handed.capture.exchanges
    groups = _groups(exchanges)
    text, losses = script((e.name, group, e.message) for e, group in zip(exchanges, groups, strict=True))
    return Export(text=text, losses=(*handed.capture.losses, *losses, *_unsaid(exchanges)))


def _groups(exchanges: tuple[SeenExchange, ...]) -> list[str]:
    """Return the same word for exchanges that overlap, in their order; empty for one that overlaps with none."""
    groups: list[int] = []
    end = -1.0
    for exchange in exchanges:
        groups.append(groups[-1] if groups and exchange.at < end else len(groups))
        end = max(end, exchange.at + exchange.took)
    return [f"group-{group}" if groups.count(group) > 1 else "" for group in groups]


def _unsaid(exchanges: tuple[SeenExchange, ...]) -> tuple[str, ...]:
    """Say what of what was seen no command line holds."""
    told_ = {
        "answers": any(each.answer or each.silence for each in exchanges),
        "calls to dependencies": any(each.calls for each in exchanges),
        "log lines": any(each.log for each in exchanges),
    }
    held = [what for what, there in told_.items() if there]
    return (f"command lines hold no {', '.join(held)}",) if held else ()


def _har(handed: Handed) -> Export:
    export = write_har(handed.capture, version("reliability-harness"))
    return Export(text=export.text, losses=(*handed.capture.losses, *export.losses))


def _vcr(handed: Handed) -> Export:
    export = write_vcr(handed.capture)
    return Export(text=export.text, losses=(*handed.capture.losses, *export.losses))


def _pytest(handed: Handed) -> Export:
    if handed.incident is None:
        told_ = "a capture shows no finding that a test could ask for: 'harness incident new' makes an incident of it"
        raise refused(handed.source, told_)
    scanned(written(handed.incident), f"{handed.source.file} as pytest")  # as JSON more of it can be told
    return write_pytest(handed.incident)


EXPORTS: Mapping[str, Callable[[Handed], Export]] = {"curl": _curl, "har": _har, "vcr": _vcr, "pytest": _pytest}
"""The forms by name."""
