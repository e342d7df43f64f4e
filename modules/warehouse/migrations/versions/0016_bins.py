"""Bins: where in a warehouse goods lie."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "warehouse_bin",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "code_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("zone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_bin_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_bin")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_warehouse_bin_warehouse_id_code")),
    )
    op.execute(
        "INSERT INTO warehouse_bin (id, code, code_order, zone, position, is_active, version)"
        " VALUES (0, '', '', '', 0, true, 1)"
    )
    op.create_table(
        "warehouse_bin_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_bin_move_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_bin_move_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_bin_move")),
    )
    op.create_index(op.f("ix_warehouse_bin_move_place_id"), "warehouse_bin_move", ["place_id"], unique=False)
    op.create_table(
        "warehouse_bins_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("bin_from_id", sa.BigInteger(), nullable=False),
        sa.Column("bin_to_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_from_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_to_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bin_from_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_bins_entry_bin_from_id")
        ),
        sa.ForeignKeyConstraint(["bin_to_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_bins_entry_bin_to_id")),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_warehouse_bins_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_warehouse_bins_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_bins_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["lot_from_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_bins_entry_lot_from_id")
        ),
        sa.ForeignKeyConstraint(["lot_to_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_bins_entry_lot_to_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_bins_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_bins_entry")),
    )
    op.create_index(
        "ix_warehouse_bins_entry_cause_id",
        "warehouse_bins_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_warehouse_bins_entry_document_id"), "warehouse_bins_entry", ["document_id"], unique=False)
    op.create_index(
        "ix_warehouse_bins_entry_key",
        "warehouse_bins_entry",
        ["organisation_id", "item_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_bins_entry_moment", "warehouse_bins_entry", ["organisation_id", "moment"], unique=False
    )
    op.create_table(
        "warehouse_bins_lying_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bin_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_bins_lying_total_bin_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_bins_lying_total_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_bins_lying_total_lot_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_bins_lying_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "bin_id", "lot_id", name=op.f("pk_warehouse_bins_lying_total")
        ),
    )
    op.create_index(
        "ix_warehouse_bins_lying_total_open",
        "warehouse_bins_lying_total",
        ["organisation_id", "item_id", "bin_id", "lot_id"],
        unique=False,
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.create_table(
        "warehouse_bin_move_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("packing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lots", sa.Text(), server_default="", nullable=False),
        sa.Column("from_bin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_bin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_bin_move.id"], name=op.f("fk_warehouse_bin_move_line_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_bin_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_bin_move_line_from_bin_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_bin_move_line_item_id")),
        sa.ForeignKeyConstraint(
            ["packing_id"], ["warehouse_packing.id"], name=op.f("fk_warehouse_bin_move_line_packing_id")
        ),
        sa.ForeignKeyConstraint(["to_bin_id"], ["warehouse_bin.id"], name=op.f("fk_warehouse_bin_move_line_to_bin_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_bin_move_line")),
    )


def downgrade() -> None:
    op.drop_table("warehouse_bin_move_line")
    op.drop_index(
        "ix_warehouse_bins_lying_total_open",
        table_name="warehouse_bins_lying_total",
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.drop_table("warehouse_bins_lying_total")
    op.drop_index("ix_warehouse_bins_entry_moment", table_name="warehouse_bins_entry")
    op.drop_index("ix_warehouse_bins_entry_key", table_name="warehouse_bins_entry")
    op.drop_index(op.f("ix_warehouse_bins_entry_document_id"), table_name="warehouse_bins_entry")
    op.drop_index(
        "ix_warehouse_bins_entry_cause_id",
        table_name="warehouse_bins_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("warehouse_bins_entry")
    op.drop_index(op.f("ix_warehouse_bin_move_place_id"), table_name="warehouse_bin_move")
    op.drop_table("warehouse_bin_move")
    op.drop_table("warehouse_bin")
