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
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_address_contact_id")),
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
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_bank_account_contact_id")
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
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_person_contact_id")),
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
        sa.ForeignKeyConstraint(["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_channel_contact_id")),
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
    _move_details(op.get_bind())


def _move_details(connection: sa.Connection) -> None:
    """What contacts said in one field each become their main details; of several phone numbers the first."""
    names = ("id", "phone", "email", "address", "country", "contact_person", "bank_account")
    contacts = sa.table("contacts_contact", *map(sa.column, names))
    c, last = contacts.c, 0
    while rows := connection.execute(sa.select(contacts).where(c.id > last).order_by(c.id).limit(2000)).all():
        last = rows[-1].id
        found = {table: [] for table in ("channel", "address", "person", "bank_account")}
        for row in rows:
            own = {"contact_id": row.id, "is_main": True, "version": 1}
            phones = dict.fromkeys(part.strip() for part in row.phone.split(", ") if part.strip())
            for number, phone in enumerate(phones):
                found["channel"].append(own | {"kind": "phone", "value": phone, "label": "", "is_main": number == 0})
            if row.email:
                found["channel"].append(own | {"kind": "email", "value": row.email, "label": ""})
            if row.address:
                empty = dict.fromkeys(("region", "city", "district", "postal_code", "sorting_code"), "")
                found["address"].append(own | empty | {"kind": "other", "country": row.country, "street": row.address})
            if row.contact_person:
                found["person"].append(own | {"name": row.contact_person, "role": "", "note": ""})
            if row.bank_account:
                empty = dict.fromkeys(("bank", "bic", "correspondent", "currency"), "")
                found["bank_account"].append(own | empty | {"number": row.bank_account})
            if len(phones) > 1:
                connection.execute(sa.update(contacts).where(c.id == row.id).values(phone=next(iter(phones))))
        for name, details in found.items():
            if details:
                connection.execute(sa.insert(sa.table(f"contacts_{name}", *map(sa.column, details[0]))), details)


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
