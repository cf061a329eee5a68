"""What was seen before, carried out again: incidents, what became of them, smaller ones, other builds, recordings."""
