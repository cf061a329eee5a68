"""What is kept: batches, and the keys under which they were asked for, in one database shared by all workers."""
