"""The checks: one small file each, a pure function over what was observed of one case.

:mod:`harness.checks.registry` finds them by listing this package; files whose name begins with an
underscore are what checks share. No check does I/O, reads a clock or knows the others.
"""
