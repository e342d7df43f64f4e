"""Internal requests of goods, and from where warehouses are refilled."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = ["organisation_id", "item_id", "requisition_id", "requisition_line_id"]
_CAUSED = {
    "sqlite_where": sa.text("cause_id IS NOT NULL"),
    "postgresql_where": sa.text("cause_id IS NOT NULL"),
}
_LEFT = {"sqlite_where": sa.text("quantity > 0"), "postgresql_where": sa.text("quantity > 0")}


def upgrade() -> None:
    op.add_column(
        "warehouse_place",
        sa.Column(
            "refilled_from_id",
            _ID,
            sa.ForeignKey("warehouse_place.id", name=op.f("fk_warehouse_place_refilled_from_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_table(
        "warehouse_requisition",
        sa.Column("id", _ID, nullable=False),
        sa.Column("place_id", _ID, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("refusal", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_warehouse_requisition_id")),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_requisition_place_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_requisition_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_requisition")),
    )
    for column in ("place_id", "source_id"):
        op.create_index(op.f(f"ix_warehouse_requisition_{column}"), "warehouse_requisition", [column], unique=False)
    op.create_table(
        "warehouse_requisition_line",
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("packing_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["warehouse_requisition.id"], name=op.f("fk_warehouse_requisition_line_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_requisition_line_item_id")),
        sa.ForeignKeyConstraint(
            ["packing_id"], ["warehouse_packing.id"], name=op.f("fk_warehouse_requisition_line_packing_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_warehouse_requisition_line")),
    )
    op.create_table(
        "warehouse_requests_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("requisition_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("requisition_line_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_warehouse_requests_entry_cause_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_warehouse_requests_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_requests_entry_item_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_requests_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_requests_entry")),
    )
    op.create_index("ix_warehouse_requests_entry_cause_id", "warehouse_requests_entry", ["cause_id"], **_CAUSED)
    op.create_index(op.f("ix_warehouse_requests_entry_document_id"), "warehouse_requests_entry", ["document_id"])
    op.create_index("ix_warehouse_requests_entry_key", "warehouse_requests_entry", [*_OPEN, "moment", "id"])
    op.create_index(
        "ix_warehouse_requests_entry_moment", "warehouse_requests_entry", ["organisation_id", "moment", "side"]
    )
    op.create_table(
        "warehouse_requests_open_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("requisition_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("requisition_line_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_requests_open_total_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_requests_open_total_organisation_id")
        ),
        sa.PrimaryKeyConstraint(*_OPEN, name=op.f("pk_warehouse_requests_open_total")),
    )
    op.create_index("ix_warehouse_requests_open_total_open", "warehouse_requests_open_total", _OPEN, **_LEFT)


def downgrade() -> None:
    for table in ("requests_open_total", "requests_entry", "requisition_line", "requisition"):
        op.drop_table(f"warehouse_{table}")
    op.drop_column("warehouse_place", "refilled_from_id")
