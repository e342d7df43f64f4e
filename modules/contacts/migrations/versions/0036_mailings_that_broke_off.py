"""Mailings that broke off."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column("contacts_mailing_run", sa.Column("broken_off", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("contacts_mailing_run", "broken_off")
