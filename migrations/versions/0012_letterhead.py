"""Letterhead."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("core_organisation", sa.Column("letterhead", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("core_organisation", "letterhead")
