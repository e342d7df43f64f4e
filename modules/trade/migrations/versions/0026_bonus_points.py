"""Bonus points."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "trade_points_programme",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("earns", sa.Integer(), nullable=False),
        sa.Column("per", sa.BigInteger(), nullable=False),
        sa.Column("of_net", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("most_share", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("per > 0 AND worth > 0 AND earns > 0", name=op.f("ck_trade_points_programme_amounts")),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["contacts_folder.id"], name=op.f("fk_trade_points_programme_folder_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_points_programme_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_points_programme")),
    )
    op.create_index(op.f("ix_trade_points_programme_folder_id"), "trade_points_programme", ["folder_id"], unique=False)
    op.create_index(
        op.f("ix_trade_points_programme_organisation_id"), "trade_points_programme", ["organisation_id"], unique=False
    )
    op.create_table(
        "trade_points_excluded",
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["warehouse_item_group.id"],
            name=op.f("fk_trade_points_excluded_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["trade_points_programme.id"],
            name=op.f("fk_trade_points_excluded_programme_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("programme_id", "group_id", name=op.f("pk_trade_points_excluded")),
    )
    op.create_index(op.f("ix_trade_points_excluded_group_id"), "trade_points_excluded", ["group_id"], unique=False)
    op.create_table(
        "trade_points_balance_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("expired", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_points_balance_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_points_balance_total_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["trade_points_programme.id"], name=op.f("fk_trade_points_balance_total_programme_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "programme_id", name=op.f("pk_trade_points_balance_total")
        ),
    )
    op.create_table(
        "trade_points_balance_turnover",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points_in", sa.BigInteger(), nullable=False),
        sa.Column("points_out", sa.BigInteger(), nullable=False),
        sa.Column("earned_in", sa.BigInteger(), nullable=False),
        sa.Column("earned_out", sa.BigInteger(), nullable=False),
        sa.Column("spent_in", sa.BigInteger(), nullable=False),
        sa.Column("spent_out", sa.BigInteger(), nullable=False),
        sa.Column("expired_in", sa.BigInteger(), nullable=False),
        sa.Column("expired_out", sa.BigInteger(), nullable=False),
        sa.Column("corrected_in", sa.BigInteger(), nullable=False),
        sa.Column("corrected_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_points_balance_turnover_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_points_balance_turnover_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["trade_points_programme.id"], name=op.f("fk_trade_points_balance_turnover_programme_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "programme_id", "month", name=op.f("pk_trade_points_balance_turnover")
        ),
    )
    op.create_index(
        "ix_trade_points_balance_turnover_month",
        "trade_points_balance_turnover",
        ["organisation_id", "month"],
        unique=False,
    )
    op.create_table(
        "trade_points_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_points_change_contact_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_trade_points_change_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["trade_points_programme.id"], name=op.f("fk_trade_points_change_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_points_change")),
    )
    op.create_index(op.f("ix_trade_points_change_contact_id"), "trade_points_change", ["contact_id"], unique=False)
    op.create_table(
        "trade_points_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("expired", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["core_document.id"], name=op.f("fk_trade_points_entry_cause_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_points_entry_contact_id")),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_trade_points_entry_document_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_points_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["trade_points_programme.id"], name=op.f("fk_trade_points_entry_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_points_entry")),
    )
    op.create_index(
        "ix_trade_points_entry_cause_id",
        "trade_points_entry",
        ["cause_id"],
        unique=False,
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_trade_points_entry_document_id"), "trade_points_entry", ["document_id"], unique=False)
    op.create_index(
        "ix_trade_points_entry_key",
        "trade_points_entry",
        ["organisation_id", "contact_id", "programme_id", "moment", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trade_points_entry_moment",
        "trade_points_entry",
        [
            "organisation_id",
            "moment",
            "side",
            "contact_id",
            "programme_id",
            "points",
            "earned",
            "spent",
            "expired",
            "corrected",
        ],
        unique=False,
    )
    op.create_table(
        "trade_points_lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("earned", sa.DateTime(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["core_document.id"], name=op.f("fk_trade_points_lot_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["trade_points_programme.id"], name=op.f("fk_trade_points_lot_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_points_lot")),
    )
    op.create_table(
        "trade_points_lots_total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_points_lots_total_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_points_lots_total_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["trade_points_programme.id"], name=op.f("fk_trade_points_lots_total_programme_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "contact_id", "programme_id", "lot_id", name=op.f("pk_trade_points_lots_total")
        ),
    )
    op.create_index(
        "ix_trade_points_lots_total_open",
        "trade_points_lots_total",
        ["organisation_id", "contact_id", "programme_id", "lot_id"],
        unique=False,
        sqlite_where=sa.text("points <> 0"),
        postgresql_where=sa.text("points <> 0"),
    )
    op.add_column("trade_document", sa.Column("points", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "trade_document",
        sa.Column(
            "programme_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_points_programme.id", name=op.f("fk_trade_document_programme_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("trade_line", sa.Column("points", sa.Integer(), server_default="0", nullable=False))
    op.add_column("trade_line", sa.Column("points_off", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("trade_line", "points_off")
    op.drop_column("trade_line", "points")
    op.drop_column("trade_document", "programme_id")
    op.drop_column("trade_document", "points")
    op.drop_index(
        "ix_trade_points_lots_total_open",
        table_name="trade_points_lots_total",
        sqlite_where=sa.text("points <> 0"),
        postgresql_where=sa.text("points <> 0"),
    )
    op.drop_table("trade_points_lots_total")
    op.drop_table("trade_points_lot")
    op.drop_index("ix_trade_points_entry_moment", table_name="trade_points_entry")
    op.drop_index("ix_trade_points_entry_key", table_name="trade_points_entry")
    op.drop_index(op.f("ix_trade_points_entry_document_id"), table_name="trade_points_entry")
    op.drop_index(
        "ix_trade_points_entry_cause_id",
        table_name="trade_points_entry",
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.drop_table("trade_points_entry")
    op.drop_index(op.f("ix_trade_points_change_contact_id"), table_name="trade_points_change")
    op.drop_table("trade_points_change")
    op.drop_index("ix_trade_points_balance_turnover_month", table_name="trade_points_balance_turnover")
    op.drop_table("trade_points_balance_turnover")
    op.drop_table("trade_points_balance_total")
    op.drop_index(op.f("ix_trade_points_excluded_group_id"), table_name="trade_points_excluded")
    op.drop_table("trade_points_excluded")
    op.drop_index(op.f("ix_trade_points_programme_organisation_id"), table_name="trade_points_programme")
    op.drop_index(op.f("ix_trade_points_programme_folder_id"), table_name="trade_points_programme")
    op.drop_table("trade_points_programme")
