"""Which exchanges of a case are the ones under test, and whose fault it is what came of them."""

from __future__ import annotations

from harness.model.messages import Ending, Wire
from harness.model.scope import Exchange, Scope
from harness.model.steps import Compared, Expectation, Expected, Phase
from harness.model.verdicts import Blame

CLIENTS_FAULT = (501, 505)
"""The 5xx codes that may answer a client's fault: an unknown method, an unknown version (RFC 9110, 15.6)."""

ANY = Expectation(expected=Expected.EITHER)


def expectation(exchange: Exchange) -> Expectation:
    """Return the oracle written beside a message; where there is none, the rule leaves it open."""
    return (exchange.planned.expect if exchange.planned else None) or ANY


def is_expected(exchange: Exchange, *expected: Expected) -> bool:
    """Tell whether the oracle of a message is one of ``expected``."""
    return expectation(exchange).expected in expected


def owes_effects(exchange: Exchange) -> bool:
    """Tell whether an accepted message owes the effects of a clean run, whether or not the service tried them."""
    return expectation(exchange).owing


def sane_afterwards(scope: Scope) -> tuple[Exchange, ...]:
    """Return the valid messages that follow an invalid one, and those of the recovery.

    A message of whose answer more is known than that it is the valid example's is under test itself.
    """
    found = []
    invalid_before = False
    for exchange in scope.exchanges:
        if expectation(exchange).compared is not Compared.NOTHING:
            continue
        if not is_expected(exchange, Expected.ACCEPTED):
            invalid_before = invalid_before or exchange.planned is not None
        elif invalid_before or exchange.phase is Phase.RECOVERY:
            found.append(exchange)
    return tuple(found)


def under_test(scope: Scope) -> tuple[Exchange, ...]:
    """Return the messages with an oracle that are not there to show that the service is unharmed."""
    after = {exchange.number for exchange in sane_afterwards(scope)}
    return tuple(e for e in scope.exchanges if e.planned and e.planned.expect and e.number not in after)


def wire(exchange: Exchange) -> Wire | None:
    """Return the exact bytes that were planned, None where a well-formed request was."""
    message = exchange.planned.message if exchange.planned else None
    return message if isinstance(message, Wire) else None


def answerable(exchange: Exchange) -> bool:
    """Tell whether an answer could arrive: the client neither gave up on purpose nor closed its side for reading."""
    message = wire(exchange)
    gives_up = exchange.planned is not None and exchange.planned.give_up_after is not None
    return not gives_up and (message is None or message.ending not in (Ending.RESET, Ending.CLOSE))


def several_messages(exchange: Exchange) -> bool:
    """Tell whether the bytes hold more than one request, so that an effect may belong to a later one."""
    message = wire(exchange)
    return message is not None and message.answers > 1


def blame(scope: Scope, exchange: Exchange, *classes: int) -> Blame:
    """Return the server where the trivial application answers the same message in one of ``classes`` (of 100), too."""
    control = scope.control.get(exchange.label)
    return Blame.SERVER if control and control.status // 100 in classes else Blame.APPLICATION


def blame_under_fault(scope: Scope, exchange: Exchange) -> Blame:
    """Return the client to the dependency where a fault that struck was armed before ``exchange`` ended.

    Armed, not fired: of a fault that stands at the door the strikes are counted only when it is cleared.
    """
    struck = any(fault.firings and fault.armed <= exchange.done for fault in scope.faults)
    return Blame.CLIENT if struck else Blame.APPLICATION
