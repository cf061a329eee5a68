"""The configuration room: ``harness.yaml`` becomes a :class:`~harness.model.services.Configuration`."""

from harness.config.changes import load_changes
from harness.config.loading import load_configuration
from harness.config.waivers import load_waivers

__all__ = ["load_changes", "load_configuration", "load_waivers"]
