"""What a run is held against, read before anything is started: the severity, the waivers, the baseline."""

from __future__ import annotations

import json
from pathlib import Path

from harness.config import load_waivers
from harness.history import directory as files
from harness.model.codec import from_json, to_json
from harness.model.errors import UsageError
from harness.model.gates import BASELINE_FORMAT, Baseline, Gate, Waiver
from harness.model.verdicts import Severity
from harness.stage.concluding import judged
from harness.stage.options import Options
from harness.verdict import updated

WAIVERS = "waivers.yaml"
"""The waivers, beside the configuration, that hold unless others are named."""
BASELINE = Path("reports/baseline.json")
"""The baseline that holds unless another is named."""


def gate_of(options: Options) -> Gate:
    """Return what ``options`` say that a run is held against.

    Raises ScenarioError for wrong waivers and UsageError for a baseline that cannot be read. A file that an option
    names must be there.
    """
    file = options.baseline or (BASELINE if BASELINE.exists() else None)
    return Gate(
        fail_on=Severity(options.fail_on),
        waivers=_waivers(options),
        baseline=read_baseline(file) if file else Baseline(),
        baseline_file=str(file or ""),
    )


def bring_up_to_date(directory: Path, file: Path | None) -> str:
    """Bring the baseline in ``file`` (None: the usual one) up to date by the run in ``directory``; tell the change."""
    file = file or BASELINE
    old = read_baseline(file) if file.exists() else Baseline()
    seen = judged(directory)
    result = updated(old, seen.run.gate, seen.run.day, seen.plan, seen.judgements)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}: name another --baseline") from error
    files.write_whole(file, json.dumps(json.loads(to_json(result.baseline)), indent=2, ensure_ascii=False) + "\n")
    count = len(result.baseline.findings)
    known = f"{count} known finding{'' if count == 1 else 's'}"
    return f"{file}: {known} ({result.new} new, {result.kept} kept); {result.mended} mended and taken out"


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in the file at ``path``; UsageError where it is missing, broken or of another format."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: no such baseline; 'harness baseline update DIRECTORY' writes one from a run"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: this baseline cannot be read: {error}") from error
    try:
        return from_json(Baseline, text)
    except ValueError as error:
        raise UsageError(
            f"{path} is no baseline of format {BASELINE_FORMAT}: {error}; write it anew with 'harness baseline update'"
        ) from error


def _waivers(options: Options) -> tuple[Waiver, ...]:
    usual = options.config.parent / WAIVERS
    file = options.waivers or (usual if usual.exists() else None)
    return load_waivers(file) if file else ()
