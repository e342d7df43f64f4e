"""Language of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("core_job", sa.Column("language", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("core_job", "language")
