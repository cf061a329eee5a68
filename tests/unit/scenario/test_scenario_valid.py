"""A right scenario file becomes exactly the records that it says."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.config import load_configuration
from harness.model.cases import Family
from harness.model.errors import Problem, ScenarioError
from harness.model.faults import Fault, Landed
from harness.model.scenarios import Entry, Scenario
from harness.scenario import Vocabulary, load_scenarios, parse_threshold
from harness.stage.planning import vocabulary as runner_vocabulary

ROOT = Path(__file__).parents[3]

FILES = {
    "timeout": (
        "format: 1\nfamily: timeout\noperations: [create_batch]\nentries:\n  - T02\n  - id: my-late\n    fault: {kind: late, "
        "dependency: ledger, call: POST /entries, first: 1, times: 1, landed: whole, delay: 1.5s}\n"
    ),
    "load": 'format: 1\nfamily: load\nentries:\n  - {id: L01, rate: 40, seconds: 5s, repeat: 20%, thresholds: ["rate > 5"]}\n',
    "duplicate": "format: 1\nfamily: duplicate-event\ntitle: Twice\nentries:\n  - {id: D02, clients: 10, rounds: 3}\n",
}
TOKENS = "&a |*a|<<: |!!str |- |: |{|}|[|]|null|true|.nan|.inf|1e999|-1|0|5s|40%|p(0)|kind: |fault: |id: |T01|MJ06|\\U7fffffff"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_of_a_timeout_scenario_becomes_its_record(tmp_path: Path, words: Vocabulary) -> None:
    """An author's own fault is whole: settings not given have their defaults, durations are seconds."""
    path = write(
        tmp_path / "slow.yaml",
        "format: 1\nfamily: timeout\ntitle: Slow\noperations: [create_batch]\nentries:\n  - T02\n"
        "  - id: my-late\n    title: The ledger is late\n    fault: {kind: late, dependency: ledger, call: POST /entries,\n"
        "      first: 2, times: 1, landed: whole, delay: 1500ms}\n"
        "  - {id: down, fault: {kind: status, dependency: mail, call: POST /any, code: 500, retry_after: 3}}\n",
    )
    assert load_scenarios((path,), known=words) == (
        Scenario(
            name="slow",
            file=str(path),
            family=Family.TIMEOUT,
            title="Slow",
            operations=("create_batch",),
            entries=(
                Entry(id="T02", line=6),
                Entry(
                    id="my-late",
                    title="The ledger is late",
                    fault=Fault(
                        id="my-late",
                        dependency="ledger",
                        kind="late",
                        call="POST /entries",
                        first=2,
                        times=1,
                        landed=Landed.WHOLE,
                        settings={"delay": 1.5},
                    ),
                    line=7,
                ),
                Entry(
                    id="down",
                    fault=Fault(
                        id="down",
                        dependency="mail",
                        kind="status",
                        call="POST /any",
                        settings={"code": 500.0, "retry_after": 3.0},
                    ),
                    line=11,
                ),
            ),
        ),
    )


def test_every_key_of_load_and_duplicate_scenarios_becomes_its_record(tmp_path: Path, words: Vocabulary) -> None:
    """Rates, durations, shares and counts become numbers; a directory means all of its files in order."""
    load = write(
        tmp_path / "b.yaml",
        'format: 1\nfamily: load\nentries:\n  - {id: L01, rate: 40, seconds: 5s, thresholds: ["p(95) < 250ms", "errors < 1%"]}\n'
        "  - {id: L10, title: Again, repeat: 20%}\n",
    )
    twice = write(
        tmp_path / "a.yaml", "format: 1\nfamily: duplicate-event\nentries: [D01, {id: D02, clients: 10, rounds: 3}]\n"
    )
    write(tmp_path / "notes.txt", "not a scenario")
    assert load_scenarios((tmp_path, load), known=words) == (
        Scenario(
            name="a",
            file=str(twice),
            family=Family.DUPLICATE,
            entries=(Entry(id="D01", line=3), Entry(id="D02", settings={"clients": 10.0, "rounds": 3.0}, line=3)),
        ),
        Scenario(
            name="b",
            file=str(load),
            family=Family.LOAD,
            entries=(
                Entry(
                    id="L01",
                    settings={"rate": 40.0, "seconds": 5.0},
                    thresholds=(parse_threshold("p(95) < 250ms"), parse_threshold("errors < 1%")),
                    line=4,
                ),
                Entry(id="L10", title="Again", settings={"repeat": 0.2}, line=5),
            ),
        ),
    )


def test_the_words_of_the_sample_app_suffice_for_its_scenarios() -> None:
    """What the scenarios may name comes from the configuration: its operations, and the calls of both dependencies."""
    known = runner_vocabulary(load_configuration(ROOT / "harness.yaml"))
    assert known.calls == {
        "ledger": frozenset({"POST /entries"}),
        "reference": frozenset({"GET /sources/{name}"}),
    }
    assert known.operations == {"create_batch", "create_batch_v2"}


def test_the_suites_name_every_entry_that_there_is() -> None:
    """The default suite and the deep one together hold the whole catalogue that the harness knows."""
    known = runner_vocabulary(load_configuration(ROOT / "harness.yaml"))
    suites = [load_scenarios((ROOT / place,), known=known) for place in ("scenarios", "scenarios/deep")]
    named = {(scenario.family, entry.id) for suite in suites for scenario in suite for entry in scenario.entries}
    assert named == {(family, entry) for family, entries in known.entries.items() for entry in entries}


def refused(paths: tuple[Path, ...], words: Vocabulary) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load_scenarios(paths, known=words)
    return caught.value.problems


def test_paths_without_scenarios_are_refused(tmp_path: Path, words: Vocabulary) -> None:
    """No path, an empty directory and a missing file are no run without a scenario: each is a problem."""
    missing = tmp_path / "none.yaml"
    assert refused((), words) == (Problem(message="no scenario was given; name a file or a directory"),)
    assert refused((tmp_path, missing), words) == (
        Problem(message="this directory holds no scenario (*.yaml)", file=str(tmp_path)),
        Problem(message="no such file; name yours with --scenarios", file=str(missing)),
    )


def test_two_files_of_one_name_are_refused(tmp_path: Path, words: Vocabulary) -> None:
    """A scenario is called by the name of its file, so a name that stands for two is refused."""
    text = "format: 1\nfamily: duplicate-event\nentries: [D01]\n"
    (tmp_path / "sub").mkdir()
    first, second = write(tmp_path / "a.yaml", text), write(tmp_path / "sub" / "a.yaml", text)
    message = f"{first} has the same name; the name of a file is the name of its scenario"
    assert refused((first, second, first), words) == (Problem(message=message, file=str(second)),)


def test_the_problems_of_every_file_are_told_at_once(tmp_path: Path, words: Vocabulary) -> None:
    """One wrong file hides no other."""
    first = write(tmp_path / "a.yaml", "format: 3\nfamily: x\n")
    second = write(tmp_path / "b.yaml", "- D01\n")
    assert [Path(one.file) for one in refused((tmp_path,), words)] == [first, second]


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(0, 400),
    length=st.integers(0, 40),
    piece=st.sampled_from(TOKENS.split("|")) | st.text(max_size=5),
    family=st.sampled_from(sorted(FILES)),
)
def test_an_edited_scenario_is_read_or_refused(
    start: int, length: int, piece: str, family: str, words: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is cut out of a right file or put into it: a scenario, or problems; never another error."""
    path = tmp_path_factory.getbasetemp() / "edited-scenario.yaml"
    text = FILES[family]
    path.write_bytes((text[:start] + piece + text[start + length :]).encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ScenarioError):
        assert [scenario.name for scenario in load_scenarios((path,), known=words)] == ["edited-scenario"]
