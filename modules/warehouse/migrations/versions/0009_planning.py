"""When goods are bought again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_QUANTITIES = ("minimum", "maximum", "multiple", "least")


def upgrade() -> None:
    op.create_table(
        "warehouse_reorder_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _QUANTITIES),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_reorder_rule_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_warehouse_reorder_rule_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_warehouse_reorder_rule_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_reorder_rule")),
        sa.UniqueConstraint(
            "organisation_id",
            "item_id",
            "place_id",
            name=op.f("uq_warehouse_reorder_rule_organisation_id_item_id_place_id"),
        ),
    )
    for name in ("item_id", "place_id"):
        op.create_index(op.f(f"ix_warehouse_reorder_rule_{name}"), "warehouse_reorder_rule", [name], unique=False)


def downgrade() -> None:
    for name in ("place_id", "item_id"):
        op.drop_index(op.f(f"ix_warehouse_reorder_rule_{name}"), table_name="warehouse_reorder_rule")
    op.drop_table("warehouse_reorder_rule")
