"""The scenario room: files in ``scenarios/`` become :class:`~harness.model.scenarios.Scenario` records."""

from harness.scenario.loading import load_scenarios
from harness.scenario.thresholds import parse_threshold
from harness.scenario.vocabulary import Vocabulary, vocabulary

__all__ = ["Vocabulary", "load_scenarios", "parse_threshold", "vocabulary"]
