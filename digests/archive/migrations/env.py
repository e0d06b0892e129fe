"""Runs the revisions on the connection that upgrade.py hands in; there is no offline mode."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
context.run_migrations()  # inside upgrade.py's transaction: all of it, or nothing
