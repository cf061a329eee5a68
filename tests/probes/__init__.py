"""Tests of what shows while a case runs."""
