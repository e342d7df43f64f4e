"""Price types."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "trade_price_type",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("formula", sa.String(length=10), nullable=False),
        sa.Column("base_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("ending", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["trade_price_type.id"], name=op.f("fk_trade_price_type_base_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_price_type")),
        sa.UniqueConstraint("name", name=op.f("uq_trade_price_type_name")),
    )
    op.create_table(
        "trade_group_agreement",
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["contacts_folder.id"], name=op.f("fk_trade_group_agreement_folder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["type_id"], ["trade_price_type.id"], name=op.f("fk_trade_group_agreement_type_id")),
        sa.PrimaryKeyConstraint("folder_id", name=op.f("pk_trade_group_agreement")),
    )
    op.create_table(
        "trade_group_margin",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["warehouse_item_group.id"], name=op.f("fk_trade_group_margin_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_trade_group_margin")),
    )
    op.create_table(
        "trade_price_policy",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stacking", sa.String(length=10), nullable=False),
        sa.Column("least_margin", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_price_policy_organisation_id")
        ),
        sa.ForeignKeyConstraint(["type_id"], ["trade_price_type.id"], name=op.f("fk_trade_price_policy_type_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_trade_price_policy")),
    )
    op.create_table(
        "trade_discount_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("from_total", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=True),
        sa.Column("paid", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "paid IS NULL OR (paid > 0 AND paid < taken)", name=op.f("ck_trade_discount_rule_promotion")
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["contacts_folder.id"], name=op.f("fk_trade_discount_rule_folder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["warehouse_item_group.id"], name=op.f("fk_trade_discount_rule_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_discount_rule_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_discount_rule")),
    )
    op.create_index(op.f("ix_trade_discount_rule_folder_id"), "trade_discount_rule", ["folder_id"], unique=False)
    op.create_index(op.f("ix_trade_discount_rule_group_id"), "trade_discount_rule", ["group_id"], unique=False)
    op.create_index(op.f("ix_trade_discount_rule_item_id"), "trade_discount_rule", ["item_id"], unique=False)
    op.create_table(
        "trade_item_price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_item_price_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["trade_price_type.id"], name=op.f("fk_trade_item_price_type_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_item_price")),
        sa.UniqueConstraint(
            "type_id",
            "item_id",
            "since",
            "from_quantity",
            name=op.f("uq_trade_item_price_type_id_item_id_since_from_quantity"),
        ),
    )
    op.create_index(op.f("ix_trade_item_price_item_id"), "trade_item_price", ["item_id"], unique=False)
    op.create_table(
        "trade_price_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_price_run_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["trade_price_type.id"], name=op.f("fk_trade_price_run_type_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_trade_price_run_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_price_run")),
    )
    op.create_index(op.f("ix_trade_price_run_organisation_id"), "trade_price_run", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_trade_price_run_type_id"), "trade_price_run", ["type_id"], unique=False)
    op.create_table(
        "trade_price_run_line",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_price_run_line_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["trade_price_run.id"], name=op.f("fk_trade_price_run_line_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "item_id", name=op.f("pk_trade_price_run_line")),
    )
    op.create_index(op.f("ix_trade_price_run_line_item_id"), "trade_price_run_line", ["item_id"], unique=False)
    op.create_table(
        "trade_agreed_price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_agreed_price_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contacts_contract.id"],
            name=op.f("fk_trade_agreed_price_contract_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_trade_agreed_price_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_agreed_price")),
    )
    op.create_index(op.f("ix_trade_agreed_price_contact_id"), "trade_agreed_price", ["contact_id"], unique=False)
    op.create_index(op.f("ix_trade_agreed_price_contract_id"), "trade_agreed_price", ["contract_id"], unique=False)
    op.create_index(op.f("ix_trade_agreed_price_item_id"), "trade_agreed_price", ["item_id"], unique=False)
    op.create_table(
        "trade_price_agreement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_trade_price_agreement_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contacts_contract.id"],
            name=op.f("fk_trade_price_agreement_contract_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["type_id"], ["trade_price_type.id"], name=op.f("fk_trade_price_agreement_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_price_agreement")),
        sa.UniqueConstraint("contact_id", "contract_id", name=op.f("uq_trade_price_agreement_contact_id_contract_id")),
    )
    op.create_index(
        op.f("ix_trade_price_agreement_contract_id"), "trade_price_agreement", ["contract_id"], unique=False
    )
    op.add_column("trade_line", sa.Column("pricing", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_line", "pricing")
    op.drop_index(op.f("ix_trade_price_agreement_contract_id"), table_name="trade_price_agreement")
    op.drop_table("trade_price_agreement")
    op.drop_index(op.f("ix_trade_agreed_price_item_id"), table_name="trade_agreed_price")
    op.drop_index(op.f("ix_trade_agreed_price_contract_id"), table_name="trade_agreed_price")
    op.drop_index(op.f("ix_trade_agreed_price_contact_id"), table_name="trade_agreed_price")
    op.drop_table("trade_agreed_price")
    op.drop_index(op.f("ix_trade_price_run_line_item_id"), table_name="trade_price_run_line")
    op.drop_table("trade_price_run_line")
    op.drop_index(op.f("ix_trade_price_run_type_id"), table_name="trade_price_run")
    op.drop_index(op.f("ix_trade_price_run_organisation_id"), table_name="trade_price_run")
    op.drop_table("trade_price_run")
    op.drop_index(op.f("ix_trade_item_price_item_id"), table_name="trade_item_price")
    op.drop_table("trade_item_price")
    op.drop_index(op.f("ix_trade_discount_rule_item_id"), table_name="trade_discount_rule")
    op.drop_index(op.f("ix_trade_discount_rule_group_id"), table_name="trade_discount_rule")
    op.drop_index(op.f("ix_trade_discount_rule_folder_id"), table_name="trade_discount_rule")
    op.drop_table("trade_discount_rule")
    op.drop_table("trade_price_policy")
    op.drop_table("trade_group_margin")
    op.drop_table("trade_group_agreement")
    op.drop_table("trade_price_type")
