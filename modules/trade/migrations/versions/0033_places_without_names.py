"""Places of goods on commission are called by their code where they bore the name of whose they are."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute(
        """
        UPDATE warehouse_place SET name = code, name_order = code_order
        WHERE EXISTS (
            SELECT 1 FROM trade_commission_place AS own JOIN contacts_contact AS contact ON contact.id = own.contact_id
            WHERE own.place_id = warehouse_place.id AND warehouse_place.name LIKE '%' || contact.name
        )
        """
    )


def downgrade() -> None:
    """Names stay: nobody knows any more what they were."""
