"""The recorder: relays in front of a service and of its dependencies, and what they saw as one capture."""
