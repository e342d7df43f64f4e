"""When a browser was last seen and last proved its user; how far a token reaches; passwords that somebody else has set."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("core_login", sa.Column("access", sa.String(length=5), server_default="write", nullable=False))
    op.add_column("core_login", sa.Column("seen_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE core_login SET seen_at = CURRENT_TIMESTAMP")  # whoever is signed in stays so
    op.add_column("core_login", sa.Column("proved_at", sa.DateTime(), nullable=True))
    op.add_column("core_organisation", sa.Column("idle_minutes", sa.Integer(), server_default="720", nullable=False))
    op.add_column("core_organisation", sa.Column("signed_in_days", sa.Integer(), server_default="14", nullable=False))
    op.add_column(
        "core_user", sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("core_user", "must_change_password")
    op.drop_column("core_organisation", "signed_in_days")
    op.drop_column("core_organisation", "idle_minutes")
    op.drop_column("core_login", "proved_at")
    op.drop_column("core_login", "seen_at")
    op.drop_column("core_login", "access")
