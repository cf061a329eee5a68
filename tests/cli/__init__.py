"""The command line as a process, with real servers and real signals."""
