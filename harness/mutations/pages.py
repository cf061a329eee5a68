"""The page about the catalogue, written from the catalogue itself so that it cannot drift.

``python -m harness.mutations.pages > docs/malformations.md`` renews it; a test compares.
"""

from __future__ import annotations

from harness.mutations.malformation import Malformation
from harness.mutations.registry import catalogue

_HEAD = """\
# Malformations

What the malformed-payload family sends, entry by entry. Each entry makes several messages from the operation's valid
example; each message is wrong in one way, carries an event identity that nobody has sent before, and is followed by a
valid request that must be answered as in a clean run. Where a schema is declared, it decides what is legal; where
none is, shape is left to the service and only harm is judged.

*wire* entries need a real server on a socket; *http* entries can be sent by any client. What the server may answer by
itself (all but faults in the body alone) goes also to a trivial application on the same server, so that a fault of the
server is told from one of the application. What is planned for an
operation, and what is left out and why, is shown by `harness run --family malformed-payload --dry-run`.

How to add one: [adding-a-malformation.md](adding-a-malformation.md). This page is written by
`python -m harness.mutations.pages`.

| id | what is sent | sent by | the rule | needs |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return _HEAD + "".join(_row(entry) for entry in catalogue().values())


def _row(entry: Malformation) -> str:
    cells = (entry.id, entry.title, entry.layer, entry.rule, entry.needs or "nothing")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    print(page(), end="")
