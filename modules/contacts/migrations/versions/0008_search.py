"""Search."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

#: indexes of search that are filled, and get their trigrams, once the source is at its newest revision
SEARCHED = ("contacts_contact_search",)


def upgrade() -> None:
    op.create_table(
        "contacts_contact_search",
        sa.Column(
            "record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("public", sa.Text(), server_default="", nullable=False),
        sa.Column("private", sa.Text(), server_default="", nullable=False),
        sa.Column("financial", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_contact_search_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_contacts_contact_search")),
    )
    op.create_index(op.f("ix_contacts_contact_search_code"), "contacts_contact_search", ["code"], unique=False)
    op.create_index(op.f("ix_contacts_contact_search_name"), "contacts_contact_search", ["name"], unique=False)


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS contacts_contact_search_trigrams")
    op.drop_index(op.f("ix_contacts_contact_search_name"), table_name="contacts_contact_search")
    op.drop_index(op.f("ix_contacts_contact_search_code"), table_name="contacts_contact_search")
    op.drop_table("contacts_contact_search")
