"""Own organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "trade_other_side",
        sa.Column("document_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_trade_other_side_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["core_document.id"], name=op.f("fk_trade_other_side_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_trade_other_side")),
        sa.UniqueConstraint("other_id", name=op.f("uq_trade_other_side_other_id")),
    )
    op.create_table(
        "trade_own_contact",
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_trade_own_contact_contact_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_trade_own_contact_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["warehouse_place.id"], name=op.f("fk_trade_own_contact_place_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_trade_own_contact")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_trade_own_contact_contact_id")),
    )


def downgrade() -> None:
    op.drop_table("trade_own_contact")
    op.drop_table("trade_other_side")
