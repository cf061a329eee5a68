"""What the kernel knows and no listening socket can see: connects that were refused.

Where a raw socket may be opened (CAP_NET_RAW) the SYNs to the shut port itself are counted, which is exact. Elsewhere
the kernel's own counter is read, which every process of the network namespace moves.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.doubles.kinds import Observation, Observe

SNMP = Path("/proc/net/snmp")

_SO_ATTACH_FILTER = 26
"""From asm-generic/socket.h; the socket module does not name it."""
_BUFFER = 1 << 20
"""Bytes for SYNs not yet counted: more than a thousand between two looks. Beyond it some are missed, none invented."""


def syn_socket(port: int) -> socket.socket:
    """Return a raw socket that receives the SYNs to ``port`` and nothing else; OSError where that is not allowed."""
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    try:
        raw.setblocking(False)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        code = _syn_filter(port)
        kept = ctypes.create_string_buffer(code)
        raw.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(code) // 8, ctypes.addressof(kept)))
        _drained(raw)
    except OSError:
        raw.close()
        raise
    return raw


@contextmanager
def refused_connects(
    port: int, *, counter: Path = SNMP, open_raw: Callable[[int], socket.socket] = syn_socket
) -> Iterator[Observe]:
    """Yield what counts the connects to the shut ``port`` from now on, by the most exact means there is here."""
    try:
        raw = open_raw(port)
    except OSError:
        yield _by_counter(port, counter)
        return
    with raw:
        yield _by_syn(port, raw)


def failed_connects(source: Path = SNMP) -> int | None:
    """Return ``Tcp: AttemptFails`` (RFC 4022) of this network namespace, None where the kernel does not show it.

    It counts connects that went from SYN-SENT straight to CLOSED, which on loopback means refused ones.
    """
    try:
        lines = [line.split() for line in source.read_text("ascii").splitlines() if line.startswith("Tcp:")]
    except (OSError, UnicodeDecodeError):
        return None
    names, values = lines if len(lines) == 2 else ([], [])
    found = dict(zip(names, values, strict=False)).get("AttemptFails", "")
    return int(found) if found.isdigit() else None


def _by_counter(port: int, source: Path) -> Observe:
    before = failed_connects(source)

    def observe() -> Observation:
        now = failed_connects(source)
        if before is None or now is None:
            return Observation(strikes=0, blind=f"refused connects cannot be counted: no Tcp AttemptFails in {source}")
        evidence = f"Tcp AttemptFails of this network namespace rose by {now - before} while port {port} was shut"
        return Observation(strikes=now - before, evidence=evidence)

    return observe


def _by_syn(port: int, raw: socket.socket) -> Observe:
    seen = 0

    def observe() -> Observation:
        nonlocal seen
        seen += _drained(raw)
        return Observation(strikes=seen, evidence=f"{seen} SYN(s) came to port {port} while it was shut")

    return observe


def _syn_filter(port: int) -> bytes:
    """Return classic BPF (linux/filter.h: code, jump if true, jump if false, k) for SYN without ACK to ``port``."""
    program = (
        (0xB1, 0, 0, 0),  # x = length of the IPv4 header
        (0x48, 0, 0, 2),  # a = destination port
        (0x15, 0, 4, port),  # other port: drop
        (0x50, 0, 0, 13),  # a = TCP flags
        (0x54, 0, 0, 0x12),  # a &= SYN | ACK
        (0x15, 0, 1, 0x02),  # not SYN alone: drop
        (0x06, 0, 0, 64),  # keep 64 bytes
        (0x06, 0, 0, 0),  # drop
    )
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def _drained(raw: socket.socket) -> int:
    """Read everything that waits and return how many packets it was."""
    count = 0
    while True:
        try:
            raw.recv(64)
        except BlockingIOError:
            return count
        count += 1
