"""In which packings lines were typed."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column(
        "trade_line",
        sa.Column(
            "packing_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("warehouse_packing.id", name=op.f("fk_trade_line_packing_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(
        "ix_trade_line_packing_id",
        "trade_line",
        ["packing_id"],
        unique=False,
        sqlite_where=sa.text("packing_id IS NOT NULL"),
        postgresql_where=sa.text("packing_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_trade_line_packing_id", table_name="trade_line")
    op.drop_column("trade_line", "packing_id")
