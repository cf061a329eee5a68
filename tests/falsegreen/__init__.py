"""Every way in which a run can see nothing, and that none of them is a pass."""
