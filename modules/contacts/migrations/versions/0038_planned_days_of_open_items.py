"""Planned days of open items."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_table(
        "contacts_planned_day",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_planned_day_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_contacts_planned_day")),
    )


def downgrade() -> None:
    op.drop_table("contacts_planned_day")
