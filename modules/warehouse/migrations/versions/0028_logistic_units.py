"""Boxes and pallets, what is packed in them, and the lines that name them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "warehouse_logistic_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "code_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=10), server_default="box", nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["warehouse_logistic_unit.id"], name=op.f("fk_warehouse_logistic_unit_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_logistic_unit_warehouse_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_logistic_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_logistic_unit_code")),
    )
    op.create_index(
        op.f("ix_warehouse_logistic_unit_parent_id"), "warehouse_logistic_unit", ["parent_id"], unique=False
    )
    op.create_index(
        op.f("ix_warehouse_logistic_unit_warehouse_id"), "warehouse_logistic_unit", ["warehouse_id"], unique=False
    )
    op.execute("INSERT INTO warehouse_logistic_unit (id, code, code_order, kind, version) VALUES (0, '', '', 'box', 1)")
    op.create_table(
        "warehouse_sscc_series",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_sscc_series_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_warehouse_sscc_series")),
    )
    op.create_table(
        "warehouse_logistic_units_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_from_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_to_id", sa.BigInteger(), nullable=False),
        sa.Column("place_from_id", sa.BigInteger(), nullable=False),
        sa.Column("place_to_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_from_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_to_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["core_document.id"], name=op.f("fk_warehouse_logistic_units_entry_cause_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_warehouse_logistic_units_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_logistic_units_entry_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_from_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_logistic_units_entry_lot_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_to_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_logistic_units_entry_lot_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_warehouse_logistic_units_entry_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["place_from_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_logistic_units_entry_place_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_to_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_logistic_units_entry_place_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_from_id"],
            ["warehouse_logistic_unit.id"],
            name=op.f("fk_warehouse_logistic_units_entry_unit_from_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_to_id"], ["warehouse_logistic_unit.id"], name=op.f("fk_warehouse_logistic_units_entry_unit_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_logistic_units_entry")),
    )
    op.create_index(
        "ix_warehouse_logistic_units_entry_cause_id",
        "warehouse_logistic_units_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_warehouse_logistic_units_entry_document_id"),
        "warehouse_logistic_units_entry",
        ["document_id"],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_logistic_units_entry_key",
        "warehouse_logistic_units_entry",
        ["organisation_id", "item_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_logistic_units_entry_moment",
        "warehouse_logistic_units_entry",
        ["organisation_id", "moment"],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_logistic_units_entry_unit_from",
        "warehouse_logistic_units_entry",
        ["unit_from_id"],
        unique=False,
        sqlite_where=sa.text("unit_from_id > 0"),
        postgresql_where=sa.text("unit_from_id > 0"),
    )
    op.create_index(
        "ix_warehouse_logistic_units_entry_unit_to",
        "warehouse_logistic_units_entry",
        ["unit_to_id"],
        unique=False,
        sqlite_where=sa.text("unit_to_id > 0"),
        postgresql_where=sa.text("unit_to_id > 0"),
    )
    op.create_table(
        "warehouse_logistic_units_packed_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_logistic_units_packed_total_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_logistic_units_packed_total_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_warehouse_logistic_units_packed_total_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_logistic_units_packed_total_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["warehouse_logistic_unit.id"], name=op.f("fk_warehouse_logistic_units_packed_total_unit_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "item_id",
            "unit_id",
            "place_id",
            "lot_id",
            name=op.f("pk_warehouse_logistic_units_packed_total"),
        ),
    )
    op.create_index(
        "ix_warehouse_logistic_units_packed_total_open",
        "warehouse_logistic_units_packed_total",
        ["organisation_id", "item_id", "unit_id", "place_id", "lot_id"],
        unique=False,
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.create_index(
        "ix_warehouse_logistic_units_packed_total_unit",
        "warehouse_logistic_units_packed_total",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.create_table(
        "warehouse_repacking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_unit_id"], ["warehouse_logistic_unit.id"], name=op.f("fk_warehouse_repacking_from_unit_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_repacking_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_repacking_place_id")),
        sa.ForeignKeyConstraint(
            ["to_unit_id"], ["warehouse_logistic_unit.id"], name=op.f("fk_warehouse_repacking_to_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_repacking")),
    )
    op.create_index(op.f("ix_warehouse_repacking_from_unit_id"), "warehouse_repacking", ["from_unit_id"], unique=False)
    op.create_index(op.f("ix_warehouse_repacking_place_id"), "warehouse_repacking", ["place_id"], unique=False)
    op.create_index(op.f("ix_warehouse_repacking_to_unit_id"), "warehouse_repacking", ["to_unit_id"], unique=False)
    op.create_table(
        "warehouse_repacking_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("packing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lots", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_repacking.id"], name=op.f("fk_warehouse_repacking_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_repacking_line_item_id")),
        sa.ForeignKeyConstraint(
            ["packing_id"], ["warehouse_packing.id"], name=op.f("fk_warehouse_repacking_line_packing_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_repacking_line")),
    )
    op.add_column(
        "warehouse_movement_line", sa.Column("logistic_unit", sa.String(length=40), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("warehouse_movement_line", "logistic_unit")
    op.drop_table("warehouse_repacking_line")
    op.drop_index(op.f("ix_warehouse_repacking_to_unit_id"), table_name="warehouse_repacking")
    op.drop_index(op.f("ix_warehouse_repacking_place_id"), table_name="warehouse_repacking")
    op.drop_index(op.f("ix_warehouse_repacking_from_unit_id"), table_name="warehouse_repacking")
    op.drop_table("warehouse_repacking")
    op.drop_index(
        "ix_warehouse_logistic_units_packed_total_unit",
        table_name="warehouse_logistic_units_packed_total",
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.drop_index(
        "ix_warehouse_logistic_units_packed_total_open",
        table_name="warehouse_logistic_units_packed_total",
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.drop_table("warehouse_logistic_units_packed_total")
    op.drop_index(
        "ix_warehouse_logistic_units_entry_unit_to",
        table_name="warehouse_logistic_units_entry",
        sqlite_where=sa.text("unit_to_id > 0"),
        postgresql_where=sa.text("unit_to_id > 0"),
    )
    op.drop_index(
        "ix_warehouse_logistic_units_entry_unit_from",
        table_name="warehouse_logistic_units_entry",
        sqlite_where=sa.text("unit_from_id > 0"),
        postgresql_where=sa.text("unit_from_id > 0"),
    )
    op.drop_index("ix_warehouse_logistic_units_entry_moment", table_name="warehouse_logistic_units_entry")
    op.drop_index("ix_warehouse_logistic_units_entry_key", table_name="warehouse_logistic_units_entry")
    op.drop_index(op.f("ix_warehouse_logistic_units_entry_document_id"), table_name="warehouse_logistic_units_entry")
    op.drop_index(
        "ix_warehouse_logistic_units_entry_cause_id",
        table_name="warehouse_logistic_units_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("warehouse_logistic_units_entry")
    op.drop_table("warehouse_sscc_series")
    op.drop_index(op.f("ix_warehouse_logistic_unit_warehouse_id"), table_name="warehouse_logistic_unit")
    op.drop_index(op.f("ix_warehouse_logistic_unit_parent_id"), table_name="warehouse_logistic_unit")
    op.drop_table("warehouse_logistic_unit")
