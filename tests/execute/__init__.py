"""Carrying out cases against a real server and a real double."""
