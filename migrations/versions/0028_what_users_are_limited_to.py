"""What users are limited to, such as warehouses."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("core_user", sa.Column("limits", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("core_user", "limits")
