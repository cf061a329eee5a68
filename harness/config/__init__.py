"""The configuration room: ``harness.yaml`` becomes a :class:`~harness.model.services.Configuration`."""

from harness.config.loading import load_configuration
from harness.config.waivers import load_waivers

__all__ = ["load_configuration", "load_waivers"]
