"""The documents that every version shares: errors and health."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
NO_NUL = r"^[^\x00]*$"


class Health(BaseModel):
    """The process answers; nothing else was looked at."""

    model_config = STRICT
    status: str = Field(json_schema_extra={"enum": ["ok"]})


class Readiness(BaseModel):
    """Whether requests should be sent here, and what each thing it needs says: ``ok``, or what is wrong."""

    model_config = STRICT
    status: str = Field(json_schema_extra={"enum": ["ready", "not-ready"]})
    checks: dict[str, str]


class FieldError(BaseModel):
    """One breach of the contract: a JSON Pointer (RFC 6901) into the document, and what is wrong there."""

    model_config = STRICT
    path: str
    reason: str


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 has it. ``type`` is stable and safe to branch on; ``detail`` is for people."""

    model_config = STRICT
    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[FieldError] | None = None
