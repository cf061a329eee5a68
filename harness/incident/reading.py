"""Incident files, read strictly: what is wrong is told with its place, and a file that is not whole is never a pass."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.config.nodes import Broken, Node, Problems
from harness.config.yaml_reader import read_yaml
from harness.model.codec import Misfit, from_json, misfits
from harness.model.errors import Problem, ScenarioError
from harness.model.incidents import FORMAT, Incident

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
    try:
        text = file.read_text(encoding="utf-8")
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise _refused(file, f"{_WHOLE} ({error.msg})", error.lineno, error.colno) from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise _refused(file, f"cannot be read: {told}; {_NONE}") from error
    found = given.get("format") if isinstance(given, dict) else None
    if found != FORMAT or isinstance(found, bool):
        raise _refused(file, f"this version of the harness reads incidents of format {FORMAT}, not {found!r}")
    wrong = misfits(Incident, text)
    if wrong:
        raise ScenarioError(tuple(_placed(file, wrong)))
    incident = from_json(Incident, text)
    if incident.name != file.stem:
        told = f"the file is called '{file.stem}', but the incident in it '{incident.name}': rename the file"
        raise _refused(file, told)
    return incident


def _refused(file: Path, message: str, line: int = 0, column: int = 0) -> ScenarioError:
    return ScenarioError((Problem(message=message, file=str(file), line=line, column=column),))


def _placed(file: Path, wrong: Iterable[Misfit]) -> Iterable[Problem]:
    """Yield each misfit with the place of its value, where the file's text gives one."""
    try:
        root: Node | None = read_yaml(file, Problems(str(file)))
    except ScenarioError:
        root = None
    for misfit in wrong:
        node, key = _found(root, misfit.place)
        at = (node.line, node.column) if node else (0, 0)
        yield Problem(message=misfit.message, file=str(file), line=at[0], column=at[1], key=key)


def _found(root: Node | None, place: tuple[str | int, ...]) -> tuple[Node | None, str]:
    """Return the innermost node on the way to ``place`` and the dotted key; parts that name a kind are passed over."""
    node, key = root, []
    for part in place:
        value = node.value if node and node.value is not Broken.TOKEN else None
        if isinstance(value, Mapping) and part in value:
            node = value[str(part)]
        elif isinstance(value, tuple) and isinstance(part, int) and part < len(value):
            node = value[part]
        elif part is not place[-1]:
            continue
        key.append(str(part))
    return node, ".".join(key)
