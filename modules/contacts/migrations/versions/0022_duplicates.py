"""Duplicates."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

#: names are found in Latin letters too
SEARCHED = ("contacts_contact_search",)


def upgrade() -> None:
    op.create_table(
        "contacts_pair",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("private_score", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("is_distinct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["contacts_contact.id"], name=op.f("fk_contacts_pair_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["contacts_contact.id"], name=op.f("fk_contacts_pair_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_pair")),
        sa.UniqueConstraint("first_id", "other_id", name=op.f("uq_contacts_pair_first_id_other_id")),
    )
    op.create_index(op.f("ix_contacts_pair_other_id"), "contacts_pair", ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_pair_other_id"), table_name="contacts_pair")
    op.drop_table("contacts_pair")
