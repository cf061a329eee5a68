"""Reads a file that an author wrote, whole and within a bound; whatever else stands at its path is refused by name.

A pipe or a device could keep the harness waiting, or feed it, without end.
"""

from __future__ import annotations

import stat
from pathlib import Path

from harness.config.nodes import nearest

LARGEST = 1 << 20
"""Bytes that a file may have: configurations, scenarios and answer books are written for people."""

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Unreadable(Exception):
    """Why a file cannot be read. ``missing``: nothing is there; ``nearest`` is the file that may have been meant."""

    def __init__(self, why: str, *, missing: bool = False, nearest: str = "") -> None:
        self.missing = missing
        self.nearest = nearest
        super().__init__(why)


def read_whole(path: Path, largest: int = LARGEST) -> bytes:
    """Return the bytes of the regular file at ``path``; Unreadable where there is none, or it has over ``largest``."""
    try:
        found = path.stat()
        kind = _KINDS.get(stat.S_IFMT(found.st_mode))
        if kind:
            raise Unreadable(f"this is {kind}; name a file")
        if found.st_size > largest:
            raise Unreadable(f"the file has {found.st_size:,} bytes; one of more than {largest:,} is not read")
        with path.open("rb") as file:
            return file.read(largest)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise Unreadable(f"this is a link to {path.readlink()}, which is not there") from error
        raise Unreadable("no such file", missing=True, nearest=_beside(path)) from error
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Unreadable("the name of a file cannot hold a NUL") from error


def _beside(path: Path) -> str:
    """Return the file in the same directory that ``path`` most likely means; empty: none."""
    try:
        names = [other.name for other in path.parent.iterdir() if other.suffix in (".yaml", ".yml")]
    except OSError:
        return ""
    near = nearest(path.name, names)
    return str(path.with_name(near)) if near else ""
