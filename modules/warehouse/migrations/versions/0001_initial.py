"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "warehouse_item_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("costing", sa.String(length=10), server_default="average", nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["warehouse_item_group.id"], name=op.f("fk_warehouse_item_group_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_item_group")),
    )
    op.create_index(op.f("ix_warehouse_item_group_parent_id"), "warehouse_item_group", ["parent_id"], unique=False)
    op.create_table(
        "warehouse_place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_place_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_place")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_place_code")),
    )
    op.create_index(op.f("ix_warehouse_place_warehouse_id"), "warehouse_place", ["warehouse_id"], unique=False)
    op.create_table(
        "warehouse_cost_policy",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pool", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_cost_policy_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_warehouse_cost_policy")),
    )
    op.create_table(
        "warehouse_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("barcode", sa.String(length=60), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_warehouse_item_kind")),
        sa.ForeignKeyConstraint(["group_id"], ["warehouse_item_group.id"], name=op.f("fk_warehouse_item_group_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["core_unit.id"], name=op.f("fk_warehouse_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_item")),
        sa.UniqueConstraint("barcode", name=op.f("uq_warehouse_item_barcode")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_item_code")),
    )
    op.create_index(op.f("ix_warehouse_item_folded"), "warehouse_item", ["folded"], unique=False)
    op.create_index(op.f("ix_warehouse_item_group_id"), "warehouse_item", ["group_id"], unique=False)
    op.create_index("ix_warehouse_item_name_id", "warehouse_item", ["name", "id"], unique=False)
    op.create_table(
        "warehouse_stock_wip_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("work_order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_stock_wip_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "work_order_id", name=op.f("pk_warehouse_stock_wip_total")),
    )
    op.create_index(
        "ix_warehouse_stock_wip_total_open",
        "warehouse_stock_wip_total",
        ["organisation_id", "work_order_id"],
        unique=False,
        sqlite_where=sa.text("value <> 0"),
        postgresql_where=sa.text("value <> 0"),
    )
    op.create_table(
        "warehouse_lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_lot_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_lot")),
        sa.UniqueConstraint("item_id", "code", name=op.f("uq_warehouse_lot_item_id_code")),
    )
    op.create_table(
        "warehouse_open_layer",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_open_layer_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_open_layer_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "pool_id", "layer_id", "position", name=op.f("pk_warehouse_open_layer")
        ),
    )
    op.create_table(
        "warehouse_stock_worth_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_worth_total_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_stock_worth_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "pool_id", "layer_id", name=op.f("pk_warehouse_stock_worth_total")
        ),
    )
    op.create_table(
        "warehouse_stock_worth_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity_in", sa.BigInteger(), nullable=False),
        sa.Column("quantity_out", sa.BigInteger(), nullable=False),
        sa.Column("value_in", sa.BigInteger(), nullable=False),
        sa.Column("value_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_worth_turnover_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_warehouse_stock_worth_turnover_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "pool_id", "layer_id", "month", name=op.f("pk_warehouse_stock_worth_turnover")
        ),
    )
    op.create_index(
        "ix_warehouse_stock_worth_turnover_month",
        "warehouse_stock_worth_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "warehouse_claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_warehouse_claim_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_claim")),
    )
    op.create_index(op.f("ix_warehouse_claim_document_id"), "warehouse_claim", ["document_id"], unique=False)
    op.create_table(
        "warehouse_movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_movement_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_movement_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_movement_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_movement")),
    )
    op.create_table(
        "warehouse_recosting",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("cause_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_warehouse_recosting_cause_id")),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_recosting_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_recosting_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "item_id", name=op.f("pk_warehouse_recosting")),
    )
    op.create_table(
        "warehouse_stock_on_hand_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_on_hand_total_item_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_stock_on_hand_total_lot_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_stock_on_hand_total_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_on_hand_total_place_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "place_id", "lot_id", name=op.f("pk_warehouse_stock_on_hand_total")
        ),
    )
    op.create_table(
        "warehouse_stock_on_hand_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity_in", sa.BigInteger(), nullable=False),
        sa.Column("quantity_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_on_hand_turnover_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_stock_on_hand_turnover_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_warehouse_stock_on_hand_turnover_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_on_hand_turnover_place_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "item_id",
            "place_id",
            "lot_id",
            "month",
            name=op.f("pk_warehouse_stock_on_hand_turnover"),
        ),
    )
    op.create_index(
        "ix_warehouse_stock_on_hand_turnover_month",
        "warehouse_stock_on_hand_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "warehouse_movement_line",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_movement.id"], name=op.f("fk_warehouse_movement_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_movement_line_item_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_movement_line")),
    )
    op.create_table(
        "warehouse_stock_claims_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["warehouse_claim.id"], name=op.f("fk_warehouse_stock_claims_total_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_claims_total_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_stock_claims_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "item_id", "warehouse_id", "claim_id", name=op.f("pk_warehouse_stock_claims_total")
        ),
    )
    op.create_index(
        "ix_warehouse_stock_claims_total_open",
        "warehouse_stock_claims_total",
        ["organisation_id", "item_id", "warehouse_id", "claim_id"],
        unique=False,
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.create_table(
        "warehouse_stock_entry",
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
        sa.Column("claim_from_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_to_id", sa.BigInteger(), nullable=False),
        sa.Column("work_order_from_id", sa.BigInteger(), nullable=False),
        sa.Column("work_order_to_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_from_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_to_id", sa.BigInteger(), nullable=False),
        sa.Column("pool_from_id", sa.BigInteger(), nullable=False),
        sa.Column("pool_to_id", sa.BigInteger(), nullable=False),
        sa.Column("layer_from_id", sa.BigInteger(), nullable=False),
        sa.Column("layer_to_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("origin_document_id", sa.BigInteger(), nullable=True),
        sa.Column("origin_line", sa.Integer(), nullable=True),
        sa.Column("happened", sa.DateTime(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_warehouse_stock_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["claim_from_id"], ["warehouse_claim.id"], name=op.f("fk_warehouse_stock_entry_claim_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["claim_to_id"], ["warehouse_claim.id"], name=op.f("fk_warehouse_stock_entry_claim_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_warehouse_stock_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_stock_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["lot_from_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_stock_entry_lot_from_id")
        ),
        sa.ForeignKeyConstraint(["lot_to_id"], ["warehouse_lot.id"], name=op.f("fk_warehouse_stock_entry_lot_to_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_stock_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_document_id"], ["core_document.id"], name=op.f("fk_warehouse_stock_entry_origin_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_from_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_entry_place_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_to_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_stock_entry_place_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_stock_entry")),
    )
    op.create_index(
        "ix_warehouse_stock_entry_cause_id",
        "warehouse_stock_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_warehouse_stock_entry_document_id"), "warehouse_stock_entry", ["document_id"], unique=False
    )
    op.create_index(
        "ix_warehouse_stock_entry_key",
        "warehouse_stock_entry",
        ["organisation_id", "item_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_stock_entry_moment",
        "warehouse_stock_entry",
        [
            "organisation_id",
            "moment",
            "item_id",
            "place_from_id",
            "place_to_id",
            "lot_from_id",
            "lot_to_id",
            "pool_from_id",
            "pool_to_id",
            "layer_from_id",
            "layer_to_id",
            "quantity",
            "value",
        ],
        unique=False,
    )
    op.create_index(
        "ix_warehouse_stock_entry_origin_document_id",
        "warehouse_stock_entry",
        ["origin_document_id"],
        unique=False,
        sqlite_where=sa.text("origin_document_id IS NOT NULL"),
        postgresql_where=sa.text("origin_document_id IS NOT NULL"),
    )
    op.create_table(
        "warehouse_item_value",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("flag", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["field_id"], ["core_custom_field.id"], name=op.f("fk_warehouse_item_value_field_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_item_value_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "field_id", name=op.f("pk_warehouse_item_value")),
    )
    op.create_index(
        "ix_warehouse_item_value_day",
        "warehouse_item_value",
        ["field_id", "day"],
        unique=False,
        sqlite_where=sa.text("day IS NOT NULL"),
        postgresql_where=sa.text("day IS NOT NULL"),
    )
    op.create_index(
        "ix_warehouse_item_value_number",
        "warehouse_item_value",
        ["field_id", "number"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_index(
        "ix_warehouse_item_value_text",
        "warehouse_item_value",
        ["field_id", "text"],
        unique=False,
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_warehouse_item_value_text",
        table_name="warehouse_item_value",
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.drop_index(
        "ix_warehouse_item_value_number",
        table_name="warehouse_item_value",
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.drop_index(
        "ix_warehouse_item_value_day",
        table_name="warehouse_item_value",
        sqlite_where=sa.text("day IS NOT NULL"),
        postgresql_where=sa.text("day IS NOT NULL"),
    )
    op.drop_table("warehouse_item_value")
    op.drop_index(
        "ix_warehouse_stock_entry_origin_document_id",
        table_name="warehouse_stock_entry",
        sqlite_where=sa.text("origin_document_id IS NOT NULL"),
        postgresql_where=sa.text("origin_document_id IS NOT NULL"),
    )
    op.drop_index("ix_warehouse_stock_entry_moment", table_name="warehouse_stock_entry")
    op.drop_index("ix_warehouse_stock_entry_key", table_name="warehouse_stock_entry")
    op.drop_index(op.f("ix_warehouse_stock_entry_document_id"), table_name="warehouse_stock_entry")
    op.drop_index(
        "ix_warehouse_stock_entry_cause_id",
        table_name="warehouse_stock_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("warehouse_stock_entry")
    op.drop_index(
        "ix_warehouse_stock_claims_total_open",
        table_name="warehouse_stock_claims_total",
        sqlite_where=sa.text("quantity <> 0"),
        postgresql_where=sa.text("quantity <> 0"),
    )
    op.drop_table("warehouse_stock_claims_total")
    op.drop_table("warehouse_movement_line")
    op.drop_index("ix_warehouse_stock_on_hand_turnover_month", table_name="warehouse_stock_on_hand_turnover")
    op.drop_table("warehouse_stock_on_hand_turnover")
    op.drop_table("warehouse_stock_on_hand_total")
    op.drop_table("warehouse_recosting")
    op.drop_table("warehouse_movement")
    op.drop_index(op.f("ix_warehouse_claim_document_id"), table_name="warehouse_claim")
    op.drop_table("warehouse_claim")
    op.drop_index("ix_warehouse_stock_worth_turnover_month", table_name="warehouse_stock_worth_turnover")
    op.drop_table("warehouse_stock_worth_turnover")
    op.drop_table("warehouse_stock_worth_total")
    op.drop_table("warehouse_open_layer")
    op.drop_table("warehouse_lot")
    op.drop_index(
        "ix_warehouse_stock_wip_total_open",
        table_name="warehouse_stock_wip_total",
        sqlite_where=sa.text("value <> 0"),
        postgresql_where=sa.text("value <> 0"),
    )
    op.drop_table("warehouse_stock_wip_total")
    op.drop_index("ix_warehouse_item_name_id", table_name="warehouse_item")
    op.drop_index(op.f("ix_warehouse_item_group_id"), table_name="warehouse_item")
    op.drop_index(op.f("ix_warehouse_item_folded"), table_name="warehouse_item")
    op.drop_table("warehouse_item")
    op.drop_table("warehouse_cost_policy")
    op.drop_index(op.f("ix_warehouse_place_warehouse_id"), table_name="warehouse_place")
    op.drop_table("warehouse_place")
    op.drop_index(op.f("ix_warehouse_item_group_parent_id"), table_name="warehouse_item_group")
    op.drop_table("warehouse_item_group")
