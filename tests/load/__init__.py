"""Load: the timetable, the generator, its log, its numbers."""
