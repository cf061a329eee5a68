"""The reference service: batches of raw values in, clean batches and one ledger entry out.

A request runs through rooms in one direction, each with one job:

    ingress -> strict JSON -> validate -> transform -> post-conditions -> claim -> emit -> complete

``create_app`` is the only door. README.md shows the picture.
"""

from sample_app.app import create_app

__all__ = ["create_app"]
