"""``python -m sample_app.defects``: list the planted defects as JSON, sorted by family and name."""

from __future__ import annotations

import json
import sys

from sample_app.defects import DEFECTS


def main() -> None:
    """Print the list."""
    listed = sorted(DEFECTS.values(), key=lambda defect: (defect.family, defect.name))
    rows = [
        {name: getattr(defect, name) for name in ("name", "family", "entry", "check", "combination", "story")}
        for defect in listed
    ]
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
