"""``python -m tests.bench [NAME ...]``: run the benchmarks, print them, and write reports/bench/*.json."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tests.bench import incidents, layers, middleware, startup
from tests.prove.rows import ROOT, Row, write_rows

BENCHMARKS: Mapping[str, Callable[[], list[Row]]] = {
    "incidents": incidents.measured,
    "layers": layers.measured,
    "middleware": middleware.measured,
    "startup": startup.measured,
}


def main() -> None:
    """Run them in turn; only those that are named, where some are."""
    for name in sys.argv[1:] or BENCHMARKS:
        rows = BENCHMARKS[name]()
        write_rows(ROOT / "reports" / "bench" / f"{name}.json", rows)
        for row in rows:
            low, high = row.interval
            sys.stdout.write(f"{row.name:55} {row.value:>9g} {row.unit:7} [{low:g} .. {high:g}]  n={row.n}\n")


if __name__ == "__main__":
    main()
