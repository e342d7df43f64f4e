"""Tries at codes."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("core_second_factor", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("core_second_factor", sa.Column("tried_since", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("core_second_factor", "tried_since")
    op.drop_column("core_second_factor", "tries")
