"""Owners of documents."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # Whose a document is beside whoever is responsible for it: whoever has the contact that it is made with.
    op.execute(
        "UPDATE core_document SET owner_id = (SELECT NULLIF(c.responsible_id, core_document.responsible_id)"
        " FROM trade_document m JOIN contacts_contact c ON c.id = m.contact_id WHERE m.id = core_document.id)"
        " WHERE id IN (SELECT id FROM trade_document)"
    )


def downgrade() -> None:
    pass  # the column goes with the core's migration
