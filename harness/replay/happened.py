"""An incident from something that happened: files are imported, carried out as cases, and the finding is kept.

Red before green holds here, too: what shows nothing on the build of today is no incident yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from harness.checks.registry import checks
from harness.exchange.documents import text_of
from harness.exchange.formats import read
from harness.exchange.joining import joined
from harness.exchange.log_fields import USUAL
from harness.exchange.sql import statements
from harness.history import directory as files
from harness.incident.from_capture import Made
from harness.incident.reading import load_incidents, source_of
from harness.incident.replaced import kept_text
from harness.incident.settings import wrong_setting
from harness.incident.taken import racing, tries_of
from harness.model.captures import Capture
from harness.model.cases import SEEN, Case, Instance
from harness.model.errors import Problem, ScenarioError, UsageError
from harness.model.exits import Exit
from harness.model.incidents import Incident, Origin, Shows
from harness.model.records import record
from harness.model.runs import Run, State
from harness.model.services import Configuration
from harness.model.steps import Prepare
from harness.model.verdicts import SEVERITY_RANK, Severity
from harness.redaction.records import tokenised
from harness.redaction.tokens import Tokens
from harness.replay.replaying import Came, Replayed
from harness.report.format import ReportedFinding
from harness.stage.options import Outcome

_NO_FILE = "name a file of curl lines, HAR, a cassette, raw HTTP, JSON log lines, or a capture"
_NO_SQL = "name a file of SQL statements"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RULES = (
    "what now: say in the configuration what must hold (an operation's 'effect' and 'event', 'errors'); or the defect "
    "needs what the source does not hold: stored state (--sql), a setting (--env), a moment (--clock), or a failing "
    "dependency, which a scenario can say"
)


@record
class Wanted:
    """What is to become an incident: ``files`` in the format ``form`` (``auto``: as they begin).

    ``fields`` names members of log lines that are called otherwise than usual. ``check`` chooses among several
    findings, ``name`` names the file, ``into`` is its directory. What the service was before: ``env`` on top of its own
    variables, rows by the SQL in the files ``sql``, its clock beginning at ``clock`` (ISO 8601; empty: as it goes).
    """

    files: tuple[Path, ...]
    form: str = "auto"
    fields: Mapping[str, str] = field(default_factory=dict)
    check: str = ""
    name: str = ""
    into: Path = Path()
    env: Mapping[str, str] = field(default_factory=dict)
    sql: tuple[Path, ...] = ()
    clock: str = ""


@record
class Happened:
    """What came of it. ``told`` says it in sentences; ``file`` None: there is no finding to keep.

    ``losses`` are what the sources could not tell; ``findings`` all that the cases show, the worst first.
    """

    outcome: Outcome
    losses: tuple[str, ...]
    findings: tuple[ReportedFinding, ...]
    incident: Incident | None
    file: Path | None
    told: tuple[str, ...]
    exit: Exit


def refuse_wrong(wanted: Wanted) -> None:
    """Raise UsageError where a name is none that a file can have, or a check or member none that there is."""
    for what, member in wanted.fields.items():
        if what not in USUAL or not member:
            known = ", ".join(USUAL)
            raise UsageError(f"--field '{what}={member}': expected WHAT=MEMBER, with WHAT one of {known}")
    if wanted.name and not _NAME.fullmatch(wanted.name):
        raise UsageError(f"--name {wanted.name!r} is no name of a file: letters, digits, '.', '_' and '-'")
    if wanted.check and wanted.check not in checks():
        near = get_close_matches(wanted.check, checks(), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else "; docs/checks.md lists them"
        raise UsageError(f"no check is called '{wanted.check}'{hint}")
    for told, key in wrong_setting(Instance(env=wanted.env, clock=wanted.clock)):
        raise UsageError(f"--{key}: {told}")


def imported(wanted: Wanted) -> Capture:
    """Return what the files hold as one capture; ScenarioError with everything that is wrong in them."""
    captures: list[Capture] = []
    problems: list[Problem] = []
    for file in wanted.files:
        try:
            captures.append(read(source_of(file, _NO_FILE), wanted.form, wanted.fields))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(tuple(problems))
    return joined(captures)


def to_be_shown(made: Made, wanted: Wanted, configuration: Configuration, seed: int) -> tuple[Incident, ...]:
    """Return the cases as incidents of which nobody knows yet what they show, with the secrets taken out.

    So what is carried out is what the file will hold. ScenarioError where a file of SQL cannot be read.
    """
    name, tokens = wanted.name or SEEN, Tokens()
    rows = tuple(text for file in wanted.sql for text in statements(text_of(source_of(file, _NO_SQL))))
    return tuple(
        _unknown(tokenised(_as_before(case, rows, wanted), tokens, configuration), f"{name}-{number}", seed)
        for number, case in enumerate(made.cases, start=1)
    )


def _as_before(case: Case, rows: tuple[str, ...], wanted: Wanted) -> Case:
    """Return a case that begins with the service as it was before."""
    steps = (Prepare(statements=rows), *case.steps) if rows else case.steps
    return replace(case, steps=steps, instance=replace(case.instance, env=wanted.env, clock=wanted.clock))


def _unknown(case: Case, name: str, seed: int) -> Incident:
    return Incident(
        name=name,
        title=case.title,
        shows=Shows(
            fingerprint="",
            check="carried-out",
            severity=Severity.NOTE,
            symptom="",
            happened="",
            expected="",
        ),
        origin=Origin(run="", seed=seed, finished="", target="", harness=version("reliability-harness")),
        tries=tries_of(None, racing=racing(case)),
        case=case,
    )


def kept(run: Run, outcome: Outcome, came: Iterable[Replayed], wanted: Wanted, losses: tuple[str, ...]) -> Happened:
    """Return what a run of such incidents came to, the chosen finding's incident written."""
    came = tuple(came)
    own = tuple(each.incident.name for each in came)
    findings = _distinct((found for found in outcome.report.findings if found.scenario in own), own)
    chosen = next((found for found in findings if _is_chosen(found, wanted)), None)
    ended = run.state is State.COMPLETE
    done = Happened(
        outcome=outcome,
        losses=losses,
        findings=findings,
        incident=None,
        file=None,
        told=_nothing(came, findings, wanted),
        exit=Exit.UNKNOWN if ended else outcome.exit,
    )
    if chosen is None:
        return done
    incident = _incident(outcome.directory, chosen, wanted)
    if incident is None:
        return replace(done, told=("nothing is written: the file would still hold a secret; the report says which",))
    file = _written(incident, wanted.into, run.configuration.secrets)
    told = (f"written: {file}", f"it fails here; 'harness incident accept {file}' keeps it for every build to come")
    return replace(done, incident=incident, file=file, told=told, exit=Exit.PASS if ended else outcome.exit)


def _distinct(findings: Iterable[ReportedFinding], own: tuple[str, ...]) -> tuple[ReportedFinding, ...]:
    """Return the findings, the worst first; what several views show is told once, by the likeliest of them."""
    ordered = sorted(findings, key=lambda f: (not f.fails_gate, -SEVERITY_RANK[f.severity], own.index(f.scenario)))
    return tuple({(f.check, f.operation, f.symptom, f.call): f for f in reversed(ordered)}.values())[::-1]


def _is_chosen(found: ReportedFinding, wanted: Wanted) -> bool:
    return found.check == wanted.check if wanted.check else found.fails_gate


def _incident(directory: Path, found: ReportedFinding, wanted: Wanted) -> Incident | None:
    """Return the incident that the run wrote of a finding, under the name that is wanted; None: it wrote none."""
    place = directory / files.INCIDENTS
    held = load_incidents((place,)) if place.is_dir() else ()
    incident = next((each for each in held if each.shows.fingerprint == found.fingerprint), None)
    return incident and replace(incident, name=wanted.name or incident.name)


def _written(incident: Incident, into: Path, secrets: tuple[str, ...]) -> Path:
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{into} cannot be written: {error.strerror}: name another --into") from error
    file = into / f"{incident.name}.json"
    files.write_whole(file, kept_text(incident, str(file), secrets))
    return file


def _nothing(came: tuple[Replayed, ...], findings: tuple[ReportedFinding, ...], wanted: Wanted) -> tuple[str, ...]:
    """Say that there is nothing to keep, why, and what now."""
    if findings:
        why = f"no finding is of the check '{wanted.check}'" if wanted.check else "no finding fails the gate"
        return (f"nothing is written: {why}; --check NAME keeps one of those above",)
    unshown = [each.told for each in came if each.came is Came.UNSHOWN]
    if unshown:
        return (f"nothing is written: it could not be shown: {unshown[0]}",)
    requests = len(came[0].incident.case.sends())
    told = f"nothing is written: {requests} request(s), sent again in {len(came)} case(s), and nothing was found"
    return told, _RULES
