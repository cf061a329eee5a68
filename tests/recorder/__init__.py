"""The recorder: every byte passed on, and what it saw told as it was."""
