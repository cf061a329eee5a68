"""Tests of how the service under test is reached."""
