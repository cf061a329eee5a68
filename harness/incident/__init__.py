"""Incidents: findings of a run become small files, and files become the cases of a replay. Pure but for the reading."""
