"""The reference service: a read-only dependency whose loss degrades an answer and never fails it."""
