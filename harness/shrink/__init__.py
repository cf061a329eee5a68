"""What can be taken away from a case without making its oracle untrue, and the search for the smallest that shows.

:func:`harness.shrink.search.shrink` is the door. A *piece* is one thing that can go; each kind of piece is a small file
in :mod:`harness.shrink.kinds`; :mod:`harness.shrink.laws` says what has to stay; :mod:`harness.shrink.whole` keeps what
speaks of each other together. Pure: whether a smaller case still shows the finding is asked of the caller.
"""
