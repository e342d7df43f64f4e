"""What tokens reach."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("core_login", sa.Column("reach", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("core_login", "reach")
