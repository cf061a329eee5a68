"""The documents at the door: the models that validate them, and from which /openapi.json is generated."""
