"""An application looked at and tried once, to a first configuration of it: what was seen, and what to decide."""
