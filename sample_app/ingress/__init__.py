"""The strict door: a request enters whole, in one reading, or not at all. One rule a module."""
