"""Rights that were offered once, an index for journals of one's own, and the organisation's time zone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "core_offered",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_core_offered")),
    )
    op.execute("INSERT INTO core_offered (kind, name) SELECT DISTINCT kind, name FROM core_grant")
    op.drop_index(op.f("ix_core_document_responsible_id"), table_name="core_document")
    op.create_index(
        "ix_core_document_responsible_id_kind_moment_id",
        "core_document",
        ["responsible_id", "kind", "moment", "id"],
        unique=False,
    )
    op.add_column("core_organisation", sa.Column("zone", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("core_organisation", "zone")
    op.drop_index("ix_core_document_responsible_id_kind_moment_id", table_name="core_document")
    op.create_index(op.f("ix_core_document_responsible_id"), "core_document", ["responsible_id"], unique=False)
    op.drop_table("core_offered")
