"""The tables of release 0.1, which knew one version of the interface and made its tables without migrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create what release 0.1 had. A database of that release has it already, and no mark that says so."""
    op.create_table(
        "batches",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("entry_key", sa.String, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("accepted", sa.JSON, nullable=False),
        sa.Column("rejected", sa.JSON, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("batch_id", sa.String, sa.ForeignKey("batches.id"), nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("body", sa.Text, nullable=True),
        if_not_exists=True,
    )
