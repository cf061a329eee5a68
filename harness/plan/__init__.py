"""Scenario to cases: pure, seeded, the same plan for the same input."""
