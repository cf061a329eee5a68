"""Tests of the malformation catalogue."""
