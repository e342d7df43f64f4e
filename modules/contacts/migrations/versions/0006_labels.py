"""Labels."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "contacts_label",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("which", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_label")),
        sa.UniqueConstraint("which", "name", name=op.f("uq_contacts_label_which_name")),
    )
    op.create_table(
        "contacts_contact_label",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_contact_label_contact_id")
        ),
        sa.ForeignKeyConstraint(["label_id"], ["contacts_label.id"], name=op.f("fk_contacts_contact_label_label_id")),
        sa.PrimaryKeyConstraint("contact_id", "label_id", name=op.f("pk_contacts_contact_label")),
    )
    op.create_index(
        "ix_contacts_contact_label_label_id_contact_id",
        "contacts_contact_label",
        ["label_id", "contact_id"],
        unique=False,
    )
    op.add_column("contacts_contact", sa.Column("importance", sa.String(length=10), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("contacts_contact", "importance")
    op.drop_index("ix_contacts_contact_label_label_id_contact_id", table_name="contacts_contact_label")
    op.drop_table("contacts_contact_label")
    op.drop_table("contacts_label")
