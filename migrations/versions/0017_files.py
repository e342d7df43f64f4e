"""Files."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "core_file_blob",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_core_file_blob")),
    )
    op.create_table(
        "core_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("folder_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["core_user.id"], name=op.f("fk_core_file_author_id")),
        sa.ForeignKeyConstraint(["digest"], ["core_file_blob.digest"], name=op.f("fk_core_file_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_file")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_core_file_digest"), "core_file", ["digest"], unique=False)
    op.create_index(op.f("ix_core_file_removed_at"), "core_file", ["removed_at"], unique=False)
    op.create_index("ix_core_file_subject_id_created_at", "core_file", ["subject_id", "created_at"], unique=False)
    op.create_index(
        "uq_core_file_place",
        "core_file",
        ["subject", "subject_id", "folder_id", "name_key"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_core_file_place",
        table_name="core_file",
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index("ix_core_file_subject_id_created_at", table_name="core_file")
    op.drop_index(op.f("ix_core_file_removed_at"), table_name="core_file")
    op.drop_index(op.f("ix_core_file_digest"), table_name="core_file")
    op.drop_table("core_file")
    op.drop_table("core_file_blob")
