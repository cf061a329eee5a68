"""What other programs read of a report, a file a format. Each is made from the report alone and carries its counts."""
