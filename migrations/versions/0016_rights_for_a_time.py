"""Rights for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "core_deputy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("for_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["for_id"], ["core_user.id"], name=op.f("fk_core_deputy_for_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_deputy_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_deputy")),
    )
    op.create_index(op.f("ix_core_deputy_for_id"), "core_deputy", ["for_id"], unique=False)
    op.create_index(op.f("ix_core_deputy_user_id"), "core_deputy", ["user_id"], unique=False)
    op.create_table(
        "core_role_for_time",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["core_role.id"], name=op.f("fk_core_role_for_time_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_role_for_time_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_role_for_time")),
    )
    op.create_index(op.f("ix_core_role_for_time_user_id"), "core_role_for_time", ["user_id"], unique=False)
    op.add_column("core_login", sa.Column("as_user_id", sa.BigInteger(), nullable=True))
    op.add_column("core_login", sa.Column("as_kind", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("core_login", "as_kind")
    op.drop_column("core_login", "as_user_id")
    op.drop_index(op.f("ix_core_role_for_time_user_id"), table_name="core_role_for_time")
    op.drop_table("core_role_for_time")
    op.drop_index(op.f("ix_core_deputy_user_id"), table_name="core_deputy")
    op.drop_index(op.f("ix_core_deputy_for_id"), table_name="core_deputy")
    op.drop_table("core_deputy")
