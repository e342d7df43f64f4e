"""Audit by record."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index(
        "ix_core_audit_subject_id_action_moment", "core_audit", ["subject_id", "action", "moment"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_core_audit_subject_id_action_moment", table_name="core_audit")
