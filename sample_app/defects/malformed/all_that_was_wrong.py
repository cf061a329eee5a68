"""A list of breaches lives as long as the validator, not as long as one document.

Family: malformed-payload. Found by: MC09 (unharmed-after; one worker of two).
In real life: callers wanted to be told everything at once, so breaches were gathered. One typing error of one
customer later every batch on that worker was refused, with that customer's field names in the answer; a restart cured
it until the next.
"""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.documents.problem import FieldError
from sample_app.documents.validation import MOST_ERRORS, invalid
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.problems import Problem
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


def thorough(validate: Validate) -> Validate:
    """Tell a caller of every breach at once: those of the names first, then those of the model."""
    breaches: list[FieldError] = []

    def validate_thoroughly(document: JsonValue) -> Batch:
        """Look at the names, then at everything else."""
        names = document if isinstance(document, dict) else {}
        breaches.extend(
            FieldError(path=f"/{name}", reason="a name of letters, digits and _ is expected")
            for name in names
            if not name.isidentifier()
        )
        try:
            batch = validate(document)
        except Problem as problem:
            breaches.extend(problem.errors)
        if breaches:
            raise invalid(tuple(breaches[:MOST_ERRORS]))
        return batch

    return validate_thoroughly


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Be thorough in v1, whose callers asked for it."""
    return with_edition(parts, "v1", validate=thorough(parts.editions["v1"].validate))


ALL_THAT_WAS_WRONG = Defect(
    name="all-that-was-wrong",
    family="malformed-payload",
    entry="MC09",
    check="unharmed-after",
    combination=True,
    story="Breaches were gathered to be told all at once. After one typing error of one customer every batch on that "
    "worker was refused with that customer's field names; a restart cured it.",
    install=install,
)
