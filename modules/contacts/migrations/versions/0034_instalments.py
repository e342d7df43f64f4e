"""Instalments."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column(
        "contacts_contract", sa.Column("instalments", sa.String(length=500), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("contacts_contract", "instalments")
