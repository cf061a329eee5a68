"""What one way of running a service comes down to: a command, what it is called, and what it can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from harness.model.records import record
from harness.targets.instance import Capability


@record
class Recipe:
    """How to start a service that listens on loopback.

    ``workers`` is the number of worker processes below the main one, 0 where that is not known.
    ``takes_descriptor`` tells that the server listens on the inherited socket; otherwise the port is free, and only
    probably still free when the server binds it. ``environment`` comes on top of the instance's. ``advice`` says what
    may be wrong where the server never answers.
    """

    arguments: tuple[str, ...]
    description: str
    capabilities: frozenset[Capability]
    workers: int = 0
    takes_descriptor: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
