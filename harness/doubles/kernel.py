"""What the kernel counts that no socket of ours can see: connects that were refused."""

from __future__ import annotations

from pathlib import Path

SNMP = Path("/proc/net/snmp")


def failed_connects(source: Path = SNMP) -> int | None:
    """Return ``Tcp: AttemptFails`` (RFC 4022) of this network namespace, None where the kernel does not show it.

    It counts connects that went from SYN-SENT straight to CLOSED, which on loopback means refused ones, of every
    process in the namespace.
    """
    try:
        lines = [line.split() for line in source.read_text("ascii").splitlines() if line.startswith("Tcp:")]
    except (OSError, UnicodeDecodeError):
        return None
    names, values = lines if len(lines) == 2 else ([], [])
    found = dict(zip(names, values, strict=False)).get("AttemptFails", "")
    return int(found) if found.isdigit() else None
