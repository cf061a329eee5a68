"""What the service writes is recorded line by line, within a bound."""

from __future__ import annotations

from pathlib import Path

from harness.history.memory import MemoryRecorder
from harness.model.events import LogLine
from harness.targets.logs import MOST, LogReader


def _read(reader: LogReader) -> list[str]:
    """Read once, and return the texts that were recorded."""
    recorder = MemoryRecorder()
    reader.read(recorder)
    return [event.what.text for event in recorder.events if isinstance(event.what, LogLine)]


def test_only_whole_lines_are_read_and_each_once(tmp_path: Path) -> None:
    """A line that is still being written waits for its end."""
    path = tmp_path / "stderr"
    reader = LogReader(path, "stderr", "log-1")
    assert _read(reader) == []
    path.write_text("first\nsec")
    assert _read(reader) == ["first"]
    path.write_text("first\nsecond\n")
    assert _read(reader) == ["second"]


def test_of_a_flood_the_last_bytes_are_kept_and_the_rest_is_told(tmp_path: Path) -> None:
    """Ten times the bound in lines of 64 bytes: what is recorded stays within it, and says how much is missing."""
    path = tmp_path / "stderr"
    line = "x" * 63
    path.write_text(f"{line}\n" * (MOST // 64 * 10))
    reader = LogReader(path, "stderr", "log-1")
    assert _read(reader) == [f"[{MOST * 9:,} bytes that the service wrote here were left out]", *[line] * (MOST // 64)]
    assert _read(reader) == []


def test_a_line_without_end_is_not_read_again_and_again(tmp_path: Path) -> None:
    """A line longer than the bound is left out but for its end."""
    path = tmp_path / "stderr"
    path.write_text("y" * (MOST + 10))
    reader = LogReader(path, "stderr", "log-1")
    assert _read(reader) == ["[10 bytes that the service wrote here were left out]"]
    with path.open("a") as file:
        file.write("\nnext\n")
    assert _read(reader) == ["[6 bytes that the service wrote here were left out]", "y" * (MOST - 6), "next"]


def test_a_log_that_was_cut_is_read_from_its_beginning(tmp_path: Path) -> None:
    """What a service writes after it emptied its log is new, however short."""
    path = tmp_path / "stderr"
    path.write_text("a long line that was there before\n")
    reader = LogReader(path, "stderr", "log-1")
    assert _read(reader) == ["a long line that was there before"]
    path.write_text("new\n")
    assert _read(reader) == ["new"]
