"""The middleware: what it sees, what it leaves alone, and what it may cost."""
