"""Refused connects: real ones, with evidence from the kernel or none at all."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from harness.doubles.kernel import failed_connects, refused_connects
from harness.doubles.kinds import Observation
from harness.model.events import CallReceived, FaultArmed, FaultCleared, FaultFired

from .stage import JSON, Stage, answered, post, to_the_end


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def _raw_sockets() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP).close()
    except OSError:
        return False
    return True


def _not_allowed(port: int) -> socket.socket:
    raise PermissionError(f"no raw socket for port {port}")


exact = pytest.mark.skipif(not _raw_sockets(), reason="raw sockets are not allowed here, so the counter is shared")


@exact
def test_refused_connects_are_counted_and_told_once_a_look(stage: Stage) -> None:
    """Every look tells the connects since the last one; clearing is the last look and says how many there were in all."""
    fault = stage.arm("refused", call="")
    assert [_refused(stage.port) for _ in range(3)] == [True] * 3
    assert (stage.double.observe(), stage.double.observe()) == ((), ())
    assert _refused(stage.port)
    stage.double.clear(fault.id)
    fired = [
        FaultFired(
            fault=fault.id,
            dependency="ledger",
            fault_kind="refused",
            evidence=f"{n} SYN(s) came to port {stage.port} while it was shut",
        )
        for n in (3, 4)
    ]
    assert stage.told() == [FaultArmed(fault=fault), *fired, FaultCleared(fault=fault.id, fired=4)]
    assert stage.ask(post()) == (answered("201 Created", b'{"n": 1}', JSON), "closed")


@exact
def test_a_refusal_elsewhere_is_no_firing(stage: Stage) -> None:
    """Connects that fail at other ports claim nothing: a fault that nobody met has not fired."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        fault = stage.arm("refused", call="")
        assert _refused(other.getsockname()[1])
        stage.double.clear(fault.id)
    assert stage.told(FaultFired, FaultCleared) == [FaultCleared(fault=fault.id, fired=0)]


def test_idle_connections_are_closed_and_the_port_comes_back(stage: Stage) -> None:
    """A pooled connection does not survive the outage, nobody is served meanwhile, and the port is the same after it."""
    with stage.connect() as idle:
        idle.sendall(post("k0", more=b""))
        assert idle.recv(65536).endswith(b'{"n": 1}')
        fault = stage.arm("refused", call="")
        assert to_the_end(idle) == (b"", "closed")
    assert (_refused(stage.port), len(stage.told(CallReceived))) == (True, 1)
    stage.double.clear(fault.id)
    assert not _refused(stage.port)


def test_the_counter_of_the_kernel_moves_with_a_refused_connect(tmp_path: Path) -> None:
    """Where the file shows the counter it is read; where it does not, there is no number."""
    shown = tmp_path / "snmp"
    shown.write_text("Ip: Forwarding\nIp: 1\nTcp: MaxConn AttemptFails\nTcp: -1 41\n", "ascii")
    assert (failed_connects(shown), failed_connects(tmp_path / "none")) == (41, None)
    before = failed_connects()
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert _refused(bound.getsockname()[1])
    assert before is None or (failed_connects() or 0) > before


def test_without_raw_sockets_the_shared_counter_is_the_evidence(
    tmp_path: Path,
) -> None:
    """The evidence says whose counter it is; a machine without one claims no firing and says so."""
    shown = tmp_path / "snmp"
    shown.write_text("Tcp: AttemptFails\nTcp: 5\n", "ascii")
    with (
        refused_connects(1234, counter=shown, open_raw=_not_allowed) as observe,
        refused_connects(1234, counter=tmp_path / "none", open_raw=_not_allowed) as blind,
    ):
        shown.write_text("Tcp: AttemptFails\nTcp: 7\n", "ascii")
        seen = (observe(), blind())
    assert seen == (
        Observation(
            strikes=2, evidence="Tcp AttemptFails of this network namespace rose by 2 while port 1234 was shut"
        ),
        Observation(strikes=0, blind=f"refused connects cannot be counted: no Tcp AttemptFails in {tmp_path / 'none'}"),
    )
