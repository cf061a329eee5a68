"""The one dependency: a ledger that takes one entry a batch, and the client that gives it one second for it."""
