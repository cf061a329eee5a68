"""The pieces of the HTML page, each from its part of the report."""
