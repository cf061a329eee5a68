"""The parts of ``docs/your-own-service.md`` that are the files of its example."""

from __future__ import annotations

from difflib import unified_diff
from itertools import dropwhile
from pathlib import Path

BOOKINGS = Path(__file__).parents[2] / "docs" / "examples" / "bookings"


def configuration() -> str:
    """Return the configuration as a fenced block, without a final newline."""
    return f"```yaml\n{_text('harness.yaml')}```"


def mending() -> str:
    """Return what was changed to mend the service as a fenced block, without a final newline."""
    before, after = (_text(name).splitlines()[_imports(name) :] for name in ("bookings.py", "mended.py"))
    changed = list(unified_diff(before, after, n=1, lineterm=""))[2:]
    lines = ["" if line.startswith("@@") else line for line in changed]
    return "\n".join(("```diff", *dropwhile(lambda line: not line, lines), "```"))


def _imports(name: str) -> int:
    """Return the number of the line with the first import: what stands above is a title."""
    return _text(name).splitlines().index("import os")


def _text(name: str) -> str:
    return (BOOKINGS / name).read_text(encoding="utf-8")
