"""Checks held against hand-written scopes."""
