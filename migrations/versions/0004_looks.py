"""Looks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "core_look",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moment", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("list_name", sa.String(length=100), nullable=False),
        sa.Column("way", sa.String(length=60), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_look")),
    )
    op.create_index(op.f("ix_core_look_moment"), "core_look", ["moment"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_core_look_moment"), table_name="core_look")
    op.drop_table("core_look")
