"""Variants in a form that a table can hold: labels by oracle."""

from __future__ import annotations

from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variants_of
from harness.mutations.specimen import Specimen


def shown(malformation: Malformation, specimen: Specimen) -> dict[str, str]:
    """Return the labels of an entry's variants, joined, by what is expected of them."""
    found: dict[str, list[str]] = {}
    for variant in variants_of(malformation, specimen):
        found.setdefault(_oracle(variant), []).append(variant.label)
    return {oracle: " ".join(labels) for oracle, labels in found.items()}


def _oracle(variant: Variant) -> str:
    """Return an oracle in words: class, force unless it binds, statuses, and whether the identity is gone."""
    force = "" if variant.expect.force is Force.MUST else f" by {variant.expect.force}"
    statuses = "".join(f" {status}" for status in variant.expect.statuses)
    return f"{variant.expect.expected}{force}{statuses}" + ("" if variant.event else ", no identity")
