"""Tests of the harness and of the sample app."""
