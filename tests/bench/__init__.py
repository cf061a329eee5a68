"""Benchmarks: ratios in one run, several interleaved rounds, the median. ``make bench`` runs them all."""
