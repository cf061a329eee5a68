"""One file per kind of fault: each defines ``FAULT`` and is found by listing; docs/adding-a-fault.md shows how."""
