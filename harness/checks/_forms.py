"""Whether a document has the form of a version: the parts that it has, and the JSON type of each."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.compared import forms


def other_form(recorded: object, read: object) -> Iterator[str]:
    """Say what of a document is not as a version writes it, by a document of that version that was recorded."""
    known, found = forms(recorded), forms(read)
    for where in found.keys() - known.keys():
        if not _below_an_empty_list(where, known, recorded):
            yield f"{where or '/'} is no part of a document of this version"
    for where, kind in known.items():
        if where in found and found[where] != kind:
            yield f"{where or '/'} is {found[where]}, not {kind}"
        elif where not in found and where.count("/") == 1:
            yield f"{where} is missing"


def _below_an_empty_list(where: str, known: dict[str, str], recorded: object) -> bool:
    """Tell whether ``where`` lies in a list that was recorded empty: nothing is known of its items."""
    head, star, _ = where.partition("/*")
    return bool(star) and isinstance(recorded, dict) and known.get(head) == "a list" and f"{head}/*" not in known
