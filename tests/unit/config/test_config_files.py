"""A file with nothing to go on with says so, and no file whatsoever raises anything but ScenarioError."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.config import load_configuration
from harness.model.errors import Problem, ScenarioError
from harness.model.services import Configuration

RIGHT = Path(__file__).parents[3].joinpath("harness.yaml").read_text(encoding="utf-8")

BEGIN = "begin it with: format: 1"
HOW = "name yours with --config, or let 'harness init' write a first one"

NOTHING: tuple[tuple[str, bytes, tuple[int, int], str], ...] = (
    ("an empty file", b"", (1, 1), f"the file is empty; {BEGIN}"),
    ("only comments", b"# nothing\n---\n", (1, 1), f"the file is empty; {BEGIN}"),
    ("a list", b"# first\n- format\n", (2, 1), f"expected keys and values at the top of the file; {BEGIN}"),
    ("text", b"format", (1, 1), f"expected keys and values at the top of the file; {BEGIN}"),
    ("a null", b"null", (1, 1), f"expected keys and values at the top of the file; {BEGIN}"),
    ("latin-1", b"format: 1\nx: \xe9", (2, 4), "byte 0xe9 is not UTF-8; save the file as UTF-8 text"),
    ("UTF-16", "format: 1".encode("utf-16"), (1, 1), "byte 0xff is not UTF-8; save the file as UTF-8 text"),
)


@pytest.mark.parametrize(("data", "place", "message"), [one[1:] for one in NOTHING], ids=[one[0] for one in NOTHING])
def test_a_file_without_keys_says_what_it_is(data: bytes, place: tuple[int, int], message: str, tmp_path: Path) -> None:
    """One problem, with its place, that says how to begin."""
    path = tmp_path / "harness.yaml"
    path.write_bytes(data)
    assert _problems(path) == (Problem(message=message, file=str(path), line=place[0], column=place[1]),)


def test_a_path_without_a_file_says_what_is_there(tmp_path: Path) -> None:
    """A missing file and a directory are told apart, without a line; for the missing one there is help."""
    missing = tmp_path / "harness.yml"
    assert _problems(missing) == (Problem(message=f"no such file; {HOW}", file=str(missing)),)
    assert _problems(tmp_path) == (Problem(message="this is a directory; name a file", file=str(tmp_path)),)


def test_a_problem_reads_as_a_line_that_editors_can_follow(tmp_path: Path) -> None:
    """The message of the error is one line a problem: file, line, column, key, what, and the right spelling."""
    path = tmp_path / "harness.yaml"
    path.write_text("format: 1\nservise: {app: a:b}\noperations: {ping: {request: POST /p}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_configuration(path)
    assert str(caught.value) == (
        f"{path}:1:1: service: missing\n{path}:2:1: servise: unknown key; did you mean 'service'?"
    )


def _problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load_configuration(path)
    return caught.value.problems


TOKENS = (
    r"&a |*a|<<: |!!str |- |: |{|}|[|]|'|>|#|%|? |null|true|.nan|1e999|0x1F|0o17|-1|{tmp}|{id}|\ud800|\U7fffffff|--- "
    r"|app:|json:|body:|event:|effect:|format:|POST |GET /|keyed|header:|path:x|5s"
)
PIECES = st.sampled_from(TOKENS.split("|")) | st.sampled_from(["|", '"', "\t", "\n", "  ", "9" * 30])
EDITS = st.lists(
    st.tuples(st.integers(0, len(RIGHT)), st.integers(0, 30), st.one_of(PIECES, st.text(max_size=4))), max_size=4
)


def _edited(edits: list[tuple[int, int, str]]) -> str:
    text = RIGHT
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    return text


def _told(path: Path) -> tuple[Problem, ...] | None:
    """Return the problems of the file; None where it is right."""
    try:
        assert isinstance(load_configuration(path), Configuration)
    except ScenarioError as error:
        return error.problems
    return None


def _refused_with_places(path: Path) -> bool:
    """Return whether the file is right, or refused with sound places in it."""
    problems = _told(path)
    lines = len(re.split(rb"\r\n|\r|\n", path.read_bytes()))
    sound = all(one.file == str(path) and one.message and 0 <= one.line <= lines for one in problems or ())
    return sound and problems != ()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS)
def test_an_edited_file_is_read_or_refused(
    edits: list[tuple[int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is cut out of a right file or put into it: a configuration, or problems with places in the file."""
    path = tmp_path_factory.getbasetemp() / "edited.yaml"
    path.write_bytes(_edited(edits).encode("utf-8", "surrogatepass"))
    assert _refused_with_places(path)


@settings(max_examples=200, deadline=None)
@given(
    data=st.one_of(st.binary(max_size=40), st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_any_bytes_are_refused_with_a_place(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No sequence of bytes raises anything but ScenarioError."""
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(data)
    assert _refused_with_places(path)
