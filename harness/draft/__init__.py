"""An application looked at and tried, to a first configuration of it: what was seen, and what to decide."""
