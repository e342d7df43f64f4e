"""Order of names."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: texts that are kept and ordered otherwise from now on
TEXTS = (
    {
        "name": "contacts_contact",
        "texts": ["code", "name", "legal_name", "registration_number", "contact_person", "identity_document"],
        "orders": {"code": "code_order", "name": "name_order"},
        "unique": [("code",)],
        "folded": ("folded", 300),
        "folds": ("name", "code", "legal_name"),
    },
)


def upgrade() -> None:
    op.add_column(
        "contacts_contact",
        sa.Column(
            "code_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.add_column(
        "contacts_contact",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.drop_index(op.f("ix_contacts_contact_kind_name_id"), table_name="contacts_contact")
    op.create_index(
        "ix_contacts_contact_kind_name_order_id", "contacts_contact", ["kind", "name_order", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_contact_kind_name_order_id", table_name="contacts_contact")
    op.create_index(op.f("ix_contacts_contact_kind_name_id"), "contacts_contact", ["kind", "name", "id"], unique=False)
    op.drop_column("contacts_contact", "name_order")
    op.drop_column("contacts_contact", "code_order")
