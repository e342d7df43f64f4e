"""Several barcodes of an item; the main one is among them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "warehouse_barcode",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("barcode", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_barcode_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_barcode")),
        sa.UniqueConstraint("key", name=op.f("uq_warehouse_barcode_key")),
    )
    op.create_index(op.f("ix_warehouse_barcode_item_id"), "warehouse_barcode", ["item_id"], unique=False)
    # A GTIN has zeros before it up to 14 digits. Where two items have one in two lengths, one of them keeps its own, by which
    # it is found as before: never the one whose own it is in full, else the later.
    op.execute(
        sa.text(
            "WITH padded AS (SELECT id, barcode, substr('00000000000000' || barcode, length(barcode) + 1, 14) AS gtin"
            " FROM warehouse_item WHERE trim(barcode, '0123456789') = '' AND length(barcode) IN (8, 12, 13, 14)),"
            " firsts AS (SELECT gtin, coalesce(min(CASE WHEN barcode = gtin THEN id END), min(id)) AS id"
            " FROM padded GROUP BY gtin)"
            " INSERT INTO warehouse_barcode (item_id, barcode, key)"
            " SELECT i.id, i.barcode, coalesce(firsts.gtin, i.barcode) FROM warehouse_item i"
            " LEFT JOIN firsts ON firsts.id = i.id WHERE i.barcode IS NOT NULL ORDER BY i.id"
        )
    )
    op.execute(
        sa.text(
            "UPDATE warehouse_item SET folded = substr(folded || ' ' || "
            "substr('00000000000000' || barcode, length(barcode) + 1, 14), 1, 500)"
            " WHERE trim(barcode, '0123456789') = '' AND length(barcode) IN (8, 12, 13)"
        )
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_warehouse_barcode_item_id"), table_name="warehouse_barcode")
    op.drop_table("warehouse_barcode")
