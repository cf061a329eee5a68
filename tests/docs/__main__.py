"""``python -m tests.docs``: renew every generated part of the documentation, and say which pages changed."""

from __future__ import annotations

import sys

from tests.docs.parts import generated


def main() -> None:
    """Write the pages that are not current."""
    for page, text in generated().items():
        if page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"renewed {page.name}\n")


if __name__ == "__main__":
    main()
