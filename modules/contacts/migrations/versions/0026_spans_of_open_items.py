"""Spans of open items."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

#: their days come from the entries
PROJECTIONS = ("contacts.settlements.open_items",)


def upgrade() -> None:
    op.create_index("ix_contacts_settlements_entry_item_id", "contacts_settlements_entry", ["item_id"], unique=False)
    op.add_column(
        "contacts_settlements_open_items_total",
        sa.Column("first_day", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "contacts_settlements_open_items_total", sa.Column("last_day", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "contacts_settlements_open_items_total",
        sa.Column("round_day", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_index(
        "ix_contacts_settlements_open_items_total_first_day",
        "contacts_settlements_open_items_total",
        ["organisation_id", "round_day", "first_day"],
        unique=False,
        sqlite_where=sa.text("amount = 0 AND base = 0"),
        postgresql_where=sa.text("amount = 0 AND base = 0"),
    )
    op.create_index(
        "ix_contacts_settlements_open_items_total_last_day",
        "contacts_settlements_open_items_total",
        ["organisation_id", "round_day", "last_day"],
        unique=False,
        sqlite_where=sa.text("amount = 0 AND base = 0"),
        postgresql_where=sa.text("amount = 0 AND base = 0"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_contacts_settlements_open_items_total_last_day",
        table_name="contacts_settlements_open_items_total",
        sqlite_where=sa.text("amount = 0 AND base = 0"),
        postgresql_where=sa.text("amount = 0 AND base = 0"),
    )
    op.drop_index(
        "ix_contacts_settlements_open_items_total_first_day",
        table_name="contacts_settlements_open_items_total",
        sqlite_where=sa.text("amount = 0 AND base = 0"),
        postgresql_where=sa.text("amount = 0 AND base = 0"),
    )
    op.drop_column("contacts_settlements_open_items_total", "round_day")
    op.drop_column("contacts_settlements_open_items_total", "last_day")
    op.drop_column("contacts_settlements_open_items_total", "first_day")
    op.drop_index("ix_contacts_settlements_entry_item_id", table_name="contacts_settlements_entry")
