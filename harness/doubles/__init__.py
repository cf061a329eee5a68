"""The dependencies of the service, played by the harness: scripted answers, faults, and a ledger of what happened."""

from harness.doubles.double import Double
from harness.doubles.kinds import FaultKind
from harness.doubles.page import faults_table
from harness.doubles.registry import fault_kinds, fault_problem

__all__ = ["Double", "FaultKind", "fault_kinds", "fault_problem", "faults_table"]
