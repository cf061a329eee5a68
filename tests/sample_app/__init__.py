"""The tests of the reference service; they know nothing of the harness."""
