"""The documentation held to the code: generated parts, examples that run, links that lead somewhere."""
