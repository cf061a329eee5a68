"""The part of ``docs/recording-in-production.md`` that is the file of its example."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).parents[2] / "docs" / "examples" / "recorded" / "wsgi.py"


def example() -> str:
    """Return the module as a fenced block, without a final newline."""
    return f"```python\n{FILE.read_text(encoding='utf-8')}```"
