"""`harness record-client` writes what the service answers, twice the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.scenario.clients import load_book
from tests.e2e.harness_run import ROOT, command

OPERATIONS = frozenset({"create_batch", "create_batch_v2"})

pytestmark = pytest.mark.server


def test_a_book_recorded_again_is_the_same_but_for_its_origin(tmp_path: Path) -> None:
    """The committed book of v1 is what the service really answers, placeholders and all."""
    kept = ROOT / "scenarios" / "clients" / "v1.yaml"
    copy = tmp_path / "v1.yaml"
    copy.write_bytes(kept.read_bytes())
    done = command("record-client", str(copy), "-q")
    assert (done.returncode, f"{copy}: 27 exchanges of v1 recorded" in done.stdout) == (0, True), done.stderr
    again, before = load_book(copy, OPERATIONS), load_book(kept, OPERATIONS)
    assert (again.exchanges, again.deprecation) == (before.exchanges, before.deprecation)


def test_a_book_with_a_secret_is_refused(tmp_path: Path) -> None:
    """A book is kept for ever: what looks like a secret never gets into it, and nothing is started."""
    book = tmp_path / "v1.yaml"
    text = (
        "format: 1\nclient: v1\noperation: create_batch\nexchanges:\n"
        '  - {name: a, request: {method: GET, target: /a, headers: {Authorization: "Bearer abcdefghijkl"}}}\n'
    )
    book.write_text(text, encoding="utf-8")
    done = command("record-client", str(book), "-q")
    assert (done.returncode, "'a' holds what looks like a secret" in done.stderr) == (2, True)
    assert book.read_text(encoding="utf-8") == text


def test_a_book_with_mistakes_is_told_whole(tmp_path: Path) -> None:
    """The places of what is wrong, and the code of a usage error."""
    book = tmp_path / "v1.yaml"
    book.write_text("format: 1\nclient: v1\noperation: none\nexchanges: []\n", encoding="utf-8")
    done = command("record-client", str(book))
    told = [line for line in done.stderr.splitlines() if f"{book}:" in line]
    assert (done.returncode, len(told)) == (2, 2)
