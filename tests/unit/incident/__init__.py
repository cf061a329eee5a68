"""Tests of the room incident."""
