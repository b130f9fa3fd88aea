"""Alembic's entry: runs the scripts on the connection and in the transaction of `db.migrate`."""

from alembic import context

from modeltui.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
