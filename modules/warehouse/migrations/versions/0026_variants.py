"""Items in variants: models, the values of their axes, which item is which variant."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "warehouse_model",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=170), nullable=False),
        sa.Column("code_order", _KEY, server_default="", nullable=False),
        sa.Column("name_order", _KEY, server_default="", nullable=False),
        sa.Column("folded", sa.String(length=250), nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("first_title", sa.String(length=40), nullable=False),
        sa.Column("second_title", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["warehouse_item_group.id"], name=op.f("fk_warehouse_model_group_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["core_unit.id"], name=op.f("fk_warehouse_model_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_model")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_model_code")),
    )
    op.create_index(op.f("ix_warehouse_model_folded"), "warehouse_model", ["folded"], unique=False)
    op.create_index(op.f("ix_warehouse_model_group_id"), "warehouse_model", ["group_id"], unique=False)
    op.create_table(
        "warehouse_axis_value",
        sa.Column("id", _ID, nullable=False),
        sa.Column("model_id", _ID, nullable=False),
        sa.Column("axis", sa.Integer(), nullable=False),
        sa.Column("place_in_axis", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.CheckConstraint("axis IN (1, 2)", name=op.f("ck_warehouse_axis_value_axis")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["warehouse_model.id"], name=op.f("fk_warehouse_axis_value_model_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_axis_value")),
    )
    op.create_index(op.f("ix_warehouse_axis_value_model_id"), "warehouse_axis_value", ["model_id"], unique=False)
    op.create_table(
        "warehouse_variant",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model_id", _ID, nullable=False),
        sa.Column("first_id", _ID, nullable=False),
        sa.Column("second_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["first_id"], ["warehouse_axis_value.id"], name=op.f("fk_warehouse_variant_first_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_variant_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["model_id"], ["warehouse_model.id"], name=op.f("fk_warehouse_variant_model_id")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["warehouse_axis_value.id"], name=op.f("fk_warehouse_variant_second_id")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_warehouse_variant")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_warehouse_variant_first_id_second_id")),
    )
    op.create_index(op.f("ix_warehouse_variant_model_id"), "warehouse_variant", ["model_id"], unique=False)
    op.create_index(op.f("ix_warehouse_variant_second_id"), "warehouse_variant", ["second_id"], unique=False)


def downgrade() -> None:
    op.drop_table("warehouse_variant")
    op.drop_table("warehouse_axis_value")
    op.drop_table("warehouse_model")
