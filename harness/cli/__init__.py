"""The command line: a thin front. Importing it costs click and nothing else."""

from harness.cli.commands import main

__all__ = ["main"]
