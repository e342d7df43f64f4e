"""The own organisations in which users work."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("core_user", sa.Column("books", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("core_user", "books")
