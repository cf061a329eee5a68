"""What a proof or a benchmark leaves behind: rows of one shape, with the commit and the day they hold for."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from math import comb, exp, lgamma, log, log1p
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measured thing.

    ``bound`` is what was promised (None: nothing was), ``holds`` whether it was kept; ``interval`` is the 95 %
    interval of ``value`` over ``n`` repetitions. ``commit`` and ``date`` are those of the runs; empty: of the writing.
    """

    name: str
    value: float
    unit: str
    n: int
    interval: tuple[float, float]
    bound: str | None = None
    holds: bool | None = None
    commit: str = ""
    date: str = ""


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows; those of no date yet get today's and the commit that is checked out, ``-dirty`` where files differ."""
    commit, date = checked_out(), today()
    stamped = [replace(row, commit=row.commit or commit, date=row.date or date) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in stamped], indent=1) + "\n")


def today() -> str:
    """Return the day in UTC, ISO 8601."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()


def read_rows(path: Path) -> list[Row]:
    """Read rows that were written before; none where there are none."""
    held = json.loads(path.read_text()) if path.exists() else []
    return [Row(**{**row, "interval": tuple(row["interval"])}) for row in held]


def checked_out(*, dirty: bool = True) -> str:
    """Name the commit; with ``dirty`` say so where files differ from it."""
    described = subprocess.run(
        ["git", "describe", "--always", *(["--dirty"] if dirty else []), "--abbrev=12", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return described.stdout.strip()


def rate_interval(hits: int, n: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a rate (Clopper and Pearson, 1934): 0 of 100 gives 0 to 0.036."""
    low = 0.0 if hits == 0 else bisected(lambda p: tail(hits, n, p) > 0.025)
    high = 1.0 if hits == n else bisected(lambda p: 1 - tail(hits + 1, n, p) < 0.025)
    return low, high


def tail(hits: int, n: int, p: float) -> float:
    """Return the chance of ``hits`` or more in ``n`` trials; by logarithms, since thousands of trials overflow."""
    if p in (0.0, 1.0):
        return float(hits == 0 or p == 1.0)
    odds = log(p) - log1p(-p)
    never = n * log1p(-p)
    return sum(exp(_ways(n, k) + k * odds + never) for k in range(hits, n + 1))


def _ways(n: int, k: int) -> float:
    """Return the logarithm of how many ways there are to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def bisected(beyond: Callable[[float], bool]) -> float:
    """Return the point between 0 and 1 from which on ``beyond`` holds."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return round(high, 6)


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the median by order statistics; of fewer than six values their extremes."""
    ordered, n = sorted(values), len(values)
    rank = 0
    while rank < n // 2 and 2 * sum(comb(n, k) for k in range(rank + 1)) / 2**n <= 0.05:
        rank += 1
    return ordered[max(rank - 1, 0)], ordered[n - max(rank, 1)]
