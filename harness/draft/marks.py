"""What of a draft is still as it was made up or guessed, so that its author has it before the eyes again."""

from __future__ import annotations

from collections.abc import Iterator

from harness.draft.drafts import Note
from harness.draft.observed import ANSWERED
from harness.draft.operations import NO_EVENT, UNSURE, guessed
from harness.model.services import Configuration, Dependency, Selector, Server, Service

DEADLINE = "your promise: every answer arrives by then, whatever the dependencies do"
UNCALLED = "no call was seen: say under 'calls' which there are; where the service makes none, take it out"
MADE_UP: tuple[object, ...] = ({}, {"id": "{uuid}"})
"""What a double answers where nobody has said what is answered in life."""


def undecided(configuration: Configuration) -> Iterator[Note]:
    """Yield a note for every place that holds what a draft begins with."""
    if configuration.service.deadline == Service(server=Server.WSGI).deadline:
        yield Note(place="service.deadline", text=DEADLINE, decide=True)
    for dependency in configuration.dependencies:
        yield from _of_dependency(dependency)
    for operation in configuration.operations:
        place = f"operations.{operation.name}.event"
        if not operation.event:
            yield Note(place=place, text=NO_EVENT, decide=True)
        elif operation.event == (Selector(place="json", name=guessed(operation)),):
            yield Note(place=place, text=UNSURE, decide=True)


def _of_dependency(dependency: Dependency) -> Iterator[Note]:
    place = f"dependencies.{dependency.name}"
    if not dependency.calls:
        yield Note(place=place, text=UNCALLED, decide=True)
    for number, call in enumerate(dependency.calls):
        if call.answer.json in MADE_UP:
            yield Note(place=f"{place}.calls.{number}.answer", text=ANSWERED, decide=True)
