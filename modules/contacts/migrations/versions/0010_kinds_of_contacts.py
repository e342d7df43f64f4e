"""Kinds of contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "contacts_contact", sa.Column("form", sa.String(length=20), server_default="legal_entity", nullable=False)
    )
    op.execute("UPDATE contacts_contact SET form = kind")
    op.drop_index(op.f("ix_contacts_contact_kind_name_order_id"), table_name="contacts_contact")
    op.create_index(
        "ix_contacts_contact_form_name_order_id", "contacts_contact", ["form", "name_order", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_contact_form_name_order_id", table_name="contacts_contact")
    op.create_index(
        op.f("ix_contacts_contact_kind_name_order_id"), "contacts_contact", ["kind", "name_order", "id"], unique=False
    )
    op.drop_column("contacts_contact", "form")
