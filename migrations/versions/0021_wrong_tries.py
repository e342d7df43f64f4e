"""Wrong tries."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "core_wrong_tries",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_core_wrong_tries")),
    )
    op.create_index(op.f("ix_core_wrong_tries_until"), "core_wrong_tries", ["until"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_core_wrong_tries_until"), table_name="core_wrong_tries")
    op.drop_table("core_wrong_tries")
