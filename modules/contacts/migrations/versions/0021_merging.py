"""Merging."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "contacts_merge",
        sa.Column(
            "merged_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("head_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["head_id"], ["contacts_contact.id"], name=op.f("fk_contacts_merge_head_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["contacts_contact.id"], name=op.f("fk_contacts_merge_merged_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_contacts_merge_user_id")),
        sa.PrimaryKeyConstraint("merged_id", name=op.f("pk_contacts_merge")),
    )
    op.create_index(op.f("ix_contacts_merge_head_id"), "contacts_merge", ["head_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_merge_head_id"), table_name="contacts_merge")
    op.drop_table("contacts_merge")
