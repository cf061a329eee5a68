"""Proofs that take longer than CI may: ``make prove`` runs them and writes what they found to reports/proof."""
