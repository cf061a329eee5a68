"""The log of a load: what was cut is noticed, what was changed is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.load import read_log
from harness.load.job import Trailer
from harness.load.log import read_trailer
from harness.model.codec import to_json
from harness.model.errors import RunDirectoryError
from tests.load.scopes import asked

TRAILER = Trailer(planned=2, sent=2, answered=2)
WHOLE = "".join(f"{to_json(line)}\n" for line in (asked(2), asked(1), TRAILER))


def written(directory: Path, text: str) -> Path:
    path = directory / "load-1.jsonl"
    path.write_text(text)
    return path


def test_a_log_is_read_in_order_of_completion(tmp_path: Path) -> None:
    """Requests as they ended, then the trailer."""
    path = written(tmp_path, WHOLE)
    assert (read_log(path), read_trailer(path)) == ((asked(2), asked(1)), TRAILER)


@pytest.mark.parametrize("cut", [1, 60])
def test_a_log_cut_anywhere_has_no_trailer(tmp_path: Path, cut: int) -> None:
    """What is whole is read, and nothing says that it is all."""
    path = written(tmp_path, WHOLE[:-cut])
    assert read_trailer(path) is None
    assert read_log(path) == (asked(2), asked(1))


def test_a_line_cut_in_the_middle_is_left_out(tmp_path: Path) -> None:
    """The last request is not half a request."""
    path = written(tmp_path, WHOLE[: WHOLE.index("\n") + 40])
    assert read_log(path) == (asked(2),)


def test_no_log_is_an_empty_log(tmp_path: Path) -> None:
    """A generator that never began wrote nothing."""
    path = tmp_path / "load-1.jsonl"
    assert (read_log(path), read_trailer(path)) == ((), None)


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    """A whole line that is no request was changed after the run."""
    path = written(tmp_path, to_json(asked(1)) + '\n{"index": 1}\n')
    with pytest.raises(RunDirectoryError, match=r"load-1.jsonl:2: not a LoadRequest: .*changed or damaged"):
        read_log(path)
