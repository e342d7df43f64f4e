"""Folders."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "contacts_folder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["contacts_folder.id"], name=op.f("fk_contacts_folder_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_folder")),
    )
    op.create_index(op.f("ix_contacts_folder_parent_id"), "contacts_folder", ["parent_id"], unique=False)
    op.add_column(
        "contacts_contact",
        sa.Column(
            "folder_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("contacts_folder.id", name=op.f("fk_contacts_contact_folder_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_contacts_contact_folder_id"), "contacts_contact", ["folder_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_contact_folder_id"), table_name="contacts_contact")
    op.drop_column("contacts_contact", "folder_id")
    op.drop_index(op.f("ix_contacts_folder_parent_id"), table_name="contacts_folder")
    op.drop_table("contacts_folder")
