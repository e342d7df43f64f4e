"""Language of contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("contacts_contact", sa.Column("language", sa.String(length=2), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("contacts_contact", "language")
