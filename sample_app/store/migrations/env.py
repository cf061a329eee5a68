"""Run by Alembic: apply the steps on the connection that ``schema.migrate_to`` gives, inside its transaction.

The steps know nothing of ``tables.metadata``: it changes with the service, and they never do.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
