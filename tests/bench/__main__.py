"""``python -m tests.bench``: run every benchmark, print it, and write reports/bench/*.json."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tests.bench import layers
from tests.prove.rows import ROOT, Row, write_rows

BENCHMARKS: Mapping[str, Callable[[], list[Row]]] = {"layers": layers.measured}


def main() -> None:
    """Run them in turn."""
    for name, measured in BENCHMARKS.items():
        rows = measured()
        write_rows(ROOT / "reports" / "bench" / f"{name}.json", rows)
        for row in rows:
            low, high = row.interval
            sys.stdout.write(f"{row.name:55} {row.value:>9g} {row.unit:7} [{low:g} .. {high:g}]  n={row.n}\n")


if __name__ == "__main__":
    main()
