"""What is kept: batches, and the keys under which they were asked for, in one SQLite file shared by all workers."""
