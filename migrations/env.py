"""What Alembic runs for the core and for every module: within the connection and the transaction of whoever migrates.

Started by `app.migrations.upgrade` alone, which says of which source: `alembic` by hand would know no version table.
"""

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"],
    version_table=given["version_table"],
    transactional_ddl=False,  # the caller's transaction holds it all
)
context.run_migrations()
