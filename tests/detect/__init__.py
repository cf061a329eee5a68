"""Proof of power: every planted defect is found by the scenario named for it."""
