"""Run by Alembic: uses the connection and the transaction of whoever upgrades."""

from alembic import context

from shared.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
