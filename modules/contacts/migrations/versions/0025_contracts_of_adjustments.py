"""Contracts_of_adjustments."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("contacts_adjustment", sa.Column("contract_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_contacts_adjustment_contract_id"), "contacts_adjustment", ["contract_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_adjustment_contract_id"), table_name="contacts_adjustment")
    op.drop_column("contacts_adjustment", "contract_id")
