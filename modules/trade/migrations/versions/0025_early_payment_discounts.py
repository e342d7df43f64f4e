"""Early payment discounts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_OTHERS = {"discounted_id": "trade_document.id", "discount_payment_id": "contacts_payment.id"}


def upgrade() -> None:
    op.add_column("trade_document", sa.Column("discount_percent", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("trade_document", sa.Column("discount_days", sa.Integer(), server_default="0", nullable=False))
    for name, other in _OTHERS.items():
        op.add_column(
            "trade_document",
            sa.Column(
                name,
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                sa.ForeignKey(other, name=op.f(f"fk_trade_document_{name}")),
                nullable=True,
            ),
            inline_references=True,
        )
        op.create_index(op.f(f"ix_trade_document_{name}"), "trade_document", [name], unique=False)


def downgrade() -> None:
    for name in reversed(_OTHERS):
        op.drop_index(op.f(f"ix_trade_document_{name}"), table_name="trade_document")
        op.drop_column("trade_document", name)
    op.drop_column("trade_document", "discount_days")
    op.drop_column("trade_document", "discount_percent")
