"""Tax numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

#: tax numbers, and roles and notes of persons, are searched too
SEARCHED = ("contacts_contact_search",)


def upgrade() -> None:
    op.create_table(
        "contacts_tax_number",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_tax_number_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_tax_number")),
    )
    op.create_index(op.f("ix_contacts_tax_number_contact_id"), "contacts_tax_number", ["contact_id"], unique=False)
    op.create_index(
        "uq_contacts_tax_number_main",
        "contacts_tax_number",
        ["contact_id", "kind"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.execute(
        "INSERT INTO contacts_tax_number (contact_id, kind, country, number, is_main, version)"
        " SELECT id, 'tax', country, tax_id, true, 1 FROM contacts_contact WHERE tax_id <> ''"
    )


def downgrade() -> None:
    op.drop_index(
        "uq_contacts_tax_number_main",
        table_name="contacts_tax_number",
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.drop_index(op.f("ix_contacts_tax_number_contact_id"), table_name="contacts_tax_number")
    op.drop_table("contacts_tax_number")
