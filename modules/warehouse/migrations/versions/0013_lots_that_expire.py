"""Lots are looked for by the day on which they expire."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(op.f("ix_warehouse_lot_expires"), "warehouse_lot", ["expires"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_warehouse_lot_expires"), table_name="warehouse_lot")
