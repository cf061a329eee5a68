"""The first configuration of an application."""
