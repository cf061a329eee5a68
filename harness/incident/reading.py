"""Incident files, read strictly: what is wrong is told with its place, and a file that is not whole is never a pass."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.config.files import Unreadable, read_whole
from harness.exchange.documents import Source, record_of, refused
from harness.incident.settings import wrong_setting
from harness.model.errors import Problem, ScenarioError
from harness.model.incidents import FORMAT, Incident

LARGEST = 1 << 26
"""Bytes that an incident, or a file of which one is made, may have."""

MOST_TRIES = 1_000
"""Tries of one incident that anybody would wait for."""

_NONE = (
    "no incident file lies here; 'harness run' writes one for each finding into the 'incidents' of its run directory"
)
_WHOLE = "the file is no whole JSON: take it from its run, or from the repository, again"


def load_incidents(paths: Iterable[Path]) -> tuple[Incident, ...]:
    """Return the incidents in ``paths``, files or directories of ``*.json`` files in sorted order.

    ScenarioError carries what is wrong in all of them: not there, not JSON, of another format, an unknown or missing
    key, two of one name.
    """
    found: dict[str, tuple[Path, Incident]] = {}
    problems: list[Problem] = []
    for file in _files(paths, problems):
        try:
            incident = load_incident(file)
        except ScenarioError as error:
            problems += error.problems
            continue
        if incident.name in found:
            told = f"{found[incident.name][0]} holds an incident of the same name, '{incident.name}'"
            problems.append(Problem(message=told, file=str(file)))
        found[incident.name] = file, incident
    if problems:
        raise ScenarioError(tuple(problems))
    return tuple(incident for _, incident in found.values())


def _files(paths: Iterable[Path], problems: list[Problem]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        held = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not held:
            problems.append(Problem(message=_NONE, file=str(path)))
        files += held
    return files


def load_incident(file: Path) -> Incident:
    """Return the incident in ``file``; ScenarioError with everything that is wrong in it."""
    return incident_of(source_of(file, _NONE))


def incident_of(source: Source) -> Incident:
    """Return the incident that a file is; ScenarioError with everything that is wrong in it."""
    incident = record_of(Incident, source, FORMAT, "incidents", _WHOLE)
    stem = Path(source.file).stem
    if incident.name != stem:
        told = f"the file is called '{stem}', but the incident in it '{incident.name}': rename the file"
        raise refused(source, told)
    if not 1 <= incident.tries <= MOST_TRIES:
        raise refused(source, f"it is carried out from 1 to {MOST_TRIES} times, not {incident.tries}", key="tries")
    for told, key in wrong_setting(incident.case.instance):
        raise refused(source, told, key=f"case.instance.{key}")
    return incident


def source_of(file: Path, advice: str) -> Source:
    """Return the file as it was read; ScenarioError with ``advice`` where there is none that can be read."""
    try:
        return Source(file=str(file), data=read_whole(file, LARGEST))
    except Unreadable as error:
        raise refused(Source(file=str(file), data=b""), f"{error}; {advice}") from error
