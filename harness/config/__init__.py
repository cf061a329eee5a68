"""The configuration room: ``harness.yaml`` becomes a :class:`~harness.model.services.Configuration`."""

from harness.config.loading import load_configuration

__all__ = ["load_configuration"]
