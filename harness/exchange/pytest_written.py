"""An incident as a test for pytest: a file that holds it whole, red while the defect lives, green once it is mended."""

from __future__ import annotations

import json
import re
from string import Template

from harness.exchange.exports import Export
from harness.model.canonical import canonical
from harness.model.incidents import Incident

_FILE = Template('''"""$title.

$expected
It fails while the defect lives: 'harness incident export' wrote it, and plain pytest runs it.
"""

from pathlib import Path

import harness

CONFIG = next(
    (place / "harness.yaml" for place in Path(__file__).resolve().parents if (place / "harness.yaml").is_file()),
    Path("harness.yaml"),
)
NAME = $name
INCIDENT = r"""$incident"""


def test_$function(tmp_path: Path) -> None:
    """The incident is mended: its check holds, and no other finding fails the gate."""
    file = tmp_path / f"{NAME}.json"
    file.write_text(INCIDENT, encoding="utf-8")
    done = harness.replay([file], config=CONFIG, out=tmp_path / "run")
    assert {each.incident.name: (str(each.came), each.told) for each in done.replayed if each.came != "mended"} == {}
    assert done.exit == 0
''')


def write_pytest(incident: Incident) -> Export:
    """Return the test; nothing of the incident is lost."""
    return Export(
        text=_FILE.substitute(
            title=_prose(incident.title),
            expected=f"Seen: {_prose(incident.shows.happened)}\nExpected: {_prose(incident.shows.expected)}",
            name=json.dumps(incident.name),
            incident=canonical(incident),
            function=re.sub(r"\W+", "_", incident.name, flags=re.ASCII).strip("_").lower(),
        )
    )


def _prose(text: str) -> str:
    """Return text as it can stand in a docstring: one line, no backslash, no quote that could end it."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.replace("\\", "/").replace('"', "'").split())
