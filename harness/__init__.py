"""A reliability harness for Flask services."""
