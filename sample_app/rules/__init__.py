"""The transformation rules, a module a version. Pure: no clock, no I/O, no state."""
