"""Values of the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "core_audit_change",
        sa.Column("chain", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(length=150), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", "position", name=op.f("pk_core_audit_change")),
    )
    op.create_index(
        "ix_core_audit_change_subject_id_subject", "core_audit_change", ["subject_id", "subject"], unique=False
    )
    op.create_table(
        "core_audit_value",
        sa.Column("chain", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field_group", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", "position", name=op.f("pk_core_audit_value")),
    )
    op.add_column("core_audit", sa.Column("salt", sa.String(length=32), nullable=True))
    op.add_column("core_audit", sa.Column("sealed", sa.String(length=64), nullable=True))
    op.add_column("core_audit", sa.Column("changes", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("core_audit", "changes")
    op.drop_column("core_audit", "sealed")
    op.drop_column("core_audit", "salt")
    op.drop_table("core_audit_value")
    op.drop_index("ix_core_audit_change_subject_id_subject", table_name="core_audit_change")
    op.drop_table("core_audit_change")
