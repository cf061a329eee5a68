"""A reliability harness for Flask services.

:func:`run` and :func:`replay` are the doors for programs; the commands of the same names are those for people.
Importing the package is cheap: the rooms are imported when they are used.

This is the first file that a Python reads, and for one that is too old the last: so it is written in what every
Python reads, and says which one is needed.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - pip keeps an old Python away, a path or a copied environment does not
    _TOLD = (
        "harness needs Python 3.11 or newer, and {} is Python {}.{}: make an environment with a newer one, such as "
        "'python3.11 -m venv .venv', and install the harness there"
    ).format(sys.executable, *sys.version_info[:2])
    if sys.argv[0] == "-m" or sys.argv[0].endswith("harness"):
        sys.stderr.write(_TOLD + "\n")
        sys.exit(2)
    raise ImportError(_TOLD)

from harness.door import replay, run

__all__ = ["replay", "run"]
