"""What the service has stored before a case begins."""

from __future__ import annotations

from harness.execute.world import CannotCarryOut, Course
from harness.model.errors import TargetError
from harness.model.identities import with_identities
from harness.model.steps import Prepare
from harness.targets.database import carry_out
from harness.targets.place import directory


def prepare(step: Prepare, course: Course) -> None:
    """Put into the service's database what the case needs, with fresh identities for its events."""
    world, service = course.world, course.world.configuration.service
    url = world.instance.environment.get(service.database, "") if service.database else ""
    if not url:
        raise CannotCarryOut("where the service's database is cannot be told: 'service.database' names its variable")
    statements = [with_identities(text.encode(), world.salt, course.case.id).decode() for text in step.statements]
    try:
        carry_out(statements, url, directory(service))
    except TargetError as error:
        raise CannotCarryOut(str(error)) from error
