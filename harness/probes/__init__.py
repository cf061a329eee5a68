"""What shows while a case runs: memory and descriptors, watched routes, and the harness's own stalls."""
