"""The redaction room."""
