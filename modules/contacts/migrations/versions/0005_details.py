"""Details."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "contacts_address",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("district", sa.String(length=100), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("sorting_code", sa.String(length=20), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], ondelete="CASCADE", name=op.f("fk_contacts_address_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_address")),
    )
    op.create_index(op.f("ix_contacts_address_contact_id"), "contacts_address", ["contact_id"], unique=False)
    op.create_index(
        "uq_contacts_address_main",
        "contacts_address",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.create_table(
        "contacts_bank_account",
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("correspondent", sa.String(length=30), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            ondelete="CASCADE",
            name=op.f("fk_contacts_bank_account_contact_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_account")),
    )
    op.create_index(op.f("ix_contacts_bank_account_contact_id"), "contacts_bank_account", ["contact_id"], unique=False)
    op.create_index(
        "uq_contacts_bank_account_main",
        "contacts_bank_account",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.create_table(
        "contacts_person",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], ondelete="CASCADE", name=op.f("fk_contacts_person_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_person")),
    )
    op.create_index(op.f("ix_contacts_person_contact_id"), "contacts_person", ["contact_id"], unique=False)
    op.create_index(
        "uq_contacts_person_main",
        "contacts_person",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    op.create_table(
        "contacts_channel",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], ondelete="CASCADE", name=op.f("fk_contacts_channel_contact_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["contacts_person.id"], name=op.f("fk_contacts_channel_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_channel")),
    )
    op.create_index(op.f("ix_contacts_channel_contact_id"), "contacts_channel", ["contact_id"], unique=False)
    op.create_index(op.f("ix_contacts_channel_person_id"), "contacts_channel", ["person_id"], unique=False)
    op.create_index(
        "uq_contacts_channel_main",
        "contacts_channel",
        ["contact_id", "kind"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )
    # What contacts said in fields of their own becomes their main details; of several phone numbers the first.
    op.execute(
        "INSERT INTO contacts_channel (contact_id, kind, value, label, is_main, version)"
        " SELECT id, 'phone', phone, '', true, 1 FROM contacts_contact WHERE phone <> '' AND phone NOT LIKE '%, %'"
    )
    op.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60),"
        " begins AS (SELECT id, phone, i FROM contacts_contact JOIN n ON i <= length(phone)"
        "  WHERE phone LIKE '%, %' AND (i = 1 OR substr(phone, i - 2, 2) = ', '))"
        " INSERT INTO contacts_channel (contact_id, kind, value, label, is_main, version)"
        " SELECT id, 'phone', substr(phone, i, coalesce((SELECT min(m.i) FROM n m WHERE m.i > begins.i"
        "  AND substr(phone, m.i, 2) = ', '), 61) - i), '', i = 1, 1 FROM begins"
    )
    op.execute(
        "UPDATE contacts_contact SET phone = (SELECT value FROM contacts_channel d"
        " WHERE d.contact_id = contacts_contact.id AND d.kind = 'phone' AND d.is_main) WHERE phone LIKE '%, %'"
    )
    op.execute(
        "INSERT INTO contacts_channel (contact_id, kind, value, label, is_main, version)"
        " SELECT id, 'email', email, '', true, 1 FROM contacts_contact WHERE email <> ''"
    )
    op.execute(
        "INSERT INTO contacts_address (contact_id, kind, country, region, city, district, street, postal_code, sorting_code,"
        " is_main, version) SELECT id, 'other', country, '', '', '', address, '', '', true, 1"
        " FROM contacts_contact WHERE address <> ''"
    )
    op.execute(
        "INSERT INTO contacts_person (contact_id, name, role, note, is_main, version)"
        " SELECT id, contact_person, '', '', true, 1 FROM contacts_contact WHERE contact_person <> ''"
    )
    op.execute(
        "INSERT INTO contacts_bank_account (contact_id, number, bank, bic, correspondent, currency, is_main, version)"
        " SELECT id, bank_account, '', '', '', '', true, 1 FROM contacts_contact WHERE bank_account <> ''"
    )


def downgrade() -> None:
    op.drop_index("uq_contacts_channel_main", table_name="contacts_channel")
    op.drop_index(op.f("ix_contacts_channel_person_id"), table_name="contacts_channel")
    op.drop_index(op.f("ix_contacts_channel_contact_id"), table_name="contacts_channel")
    op.drop_table("contacts_channel")
    op.drop_index("uq_contacts_person_main", table_name="contacts_person")
    op.drop_index(op.f("ix_contacts_person_contact_id"), table_name="contacts_person")
    op.drop_table("contacts_person")
    op.drop_index("uq_contacts_bank_account_main", table_name="contacts_bank_account")
    op.drop_index(op.f("ix_contacts_bank_account_contact_id"), table_name="contacts_bank_account")
    op.drop_table("contacts_bank_account")
    op.drop_index("uq_contacts_address_main", table_name="contacts_address")
    op.drop_index(op.f("ix_contacts_address_contact_id"), table_name="contacts_address")
    op.drop_table("contacts_address")
