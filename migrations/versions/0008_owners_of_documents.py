"""Owners of documents."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("core_document", sa.Column("owner_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_core_document_owner_id_kind_moment_id",
        "core_document",
        ["owner_id", "kind", "moment", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        "ix_core_document_owner_id_kind_moment_id",
        table_name="core_document",
    )
    op.drop_column("core_document", "owner_id")
