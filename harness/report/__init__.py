"""The report: one versioned document from the finished run, and every other form from that alone."""
