"""The malformation catalogue: one small file per entry, found by listing this package."""
