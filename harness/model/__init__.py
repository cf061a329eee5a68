"""The words of the harness as frozen data: what every room passes to the next.

Nothing here does I/O, reads a clock or imports another room. Each record is keyword-only and
frozen; :mod:`harness.model.codec` turns any of them into JSON and back without loss.
"""
