"""Open-model load: arrivals at a constant rate, whatever the answers do, from a process of their own.

Locust replaces sockets and threading in the process that imports it, so only
:mod:`harness.load.generator` does, and that is run, never imported. Latency counts from the moment
a request was due; every request is one line of a log that the checks and the report read.
"""

from harness.load.log import read_log
from harness.load.running import LoadGenerator, refuse_missing, run_load

__all__ = ["LoadGenerator", "read_log", "refuse_missing", "run_load"]
