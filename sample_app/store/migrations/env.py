"""Run by Alembic: apply the steps on the connection that ``schema.upgrade`` gives, inside its transaction."""

from __future__ import annotations

from alembic import context

from sample_app.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
