"""Words that the harness puts into messages to find them again in what the service writes."""

from __future__ import annotations

FORGED = "harness-forged-line"
"""Begins each line that a message tries to slip into the service's log; plain letters, so that no encoding hides it."""
