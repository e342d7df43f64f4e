"""Second quantities: goods kept in two units."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column(
        "warehouse_item",
        sa.Column(
            "second_unit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("core_unit.id", name=op.f("fk_warehouse_item_second_unit_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "warehouse_item", sa.Column("is_priced_by_second", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("warehouse_item", sa.Column("second_per_unit", sa.BigInteger(), nullable=True))
    op.add_column("warehouse_movement_line", sa.Column("second", sa.BigInteger(), nullable=True))
    op.create_table(
        "warehouse_second_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("place_from_id", sa.BigInteger(), nullable=False),
        sa.Column("place_to_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_from_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_to_id", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_from_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_second_entry_place_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_to_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_second_entry_place_to_id")
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_warehouse_second_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_warehouse_second_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_second_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["lot_from_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_second_entry_lot_from_id")
        ),
        sa.ForeignKeyConstraint(["lot_to_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_second_entry_lot_to_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_second_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_second_entry")),
    )
    op.create_index(
        "ix_warehouse_second_entry_cause_id",
        "warehouse_second_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_warehouse_second_entry_document_id"), "warehouse_second_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_warehouse_second_entry_key",
        "warehouse_second_entry",
        ["organisation_id", "item_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_second_entry_moment", "warehouse_second_entry", ["organisation_id", "moment"], unique=False
    )
    op.create_table(
        "warehouse_second_lying_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_second_lying_total_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_second_lying_total_item_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_second_lying_total_lot_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_second_lying_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "place_id", "lot_id", name=op.f("pk_warehouse_second_lying_total")
        ),
    )
    op.create_index(
        "ix_warehouse_second_lying_total_open",
        "warehouse_second_lying_total",
        ["organisation_id", "item_id", "place_id", "lot_id"],
        unique=False,
        sqlite_where=sa.text("second <> 0"),
        postgresql_where=sa.text("second <> 0"),
    )


def downgrade() -> None:
    op.drop_table("warehouse_second_lying_total")
    op.drop_table("warehouse_second_entry")
    op.drop_column("warehouse_movement_line", "second")
    op.drop_column("warehouse_item", "second_per_unit")
    op.drop_column("warehouse_item", "is_priced_by_second")
    op.drop_column("warehouse_item", "second_unit_id")
