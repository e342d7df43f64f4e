"""Buyers: companies that are there already get the role, with nobody in it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_BOUGHT = [
    "supplier_request",
    "supplier_offer",
    "purchase_agreement",
    "purchase_order",
    "receipt",
    "purchase",
    "receipt_return",
    "landed_cost",
    "purchase_return",
]
#: what the role starts with, as far as the company's modules have offered it
_RIGHTS = [
    *(f"trade.{noun}.{verb}" for noun in _BOUGHT for verb in ("view", "edit", "post", "reverse")),
    "trade.supplier_invoice.view",
    "trade.purchase_price.view",
    "trade.commission_move.view",
    *(f"contacts.{noun}.{verb}" for noun in ("contact", "contract", "activity", "task") for verb in ("view", "edit")),
    "contacts.file.view",
    "contacts.letter.view",
    "contacts.letter.send",
    "contacts.private",
    "core.file.view",
    "core.file.edit",
    "warehouse.item.view",
    "warehouse.item.edit",
    "warehouse.stock.view",
    *(f"warehouse.{noun}.view" for noun in ("receipt", "issue", "transfer", "write_off", "opening")),
    "warehouse.cost",
]


def upgrade() -> None:
    connection = op.get_bind()
    roles = set(connection.scalars(sa.text("SELECT name FROM core_role")))
    if not roles or "buyer" in roles:  # a new company has none yet; a role of that name is the company's own
        return
    connection.execute(sa.text("INSERT INTO core_role (name, version) VALUES ('buyer', 1)"))
    rights = sa.bindparam("rights", expanding=True)
    connection.execute(
        sa.text(
            "INSERT INTO core_grant (role_id, kind, name) SELECT core_role.id, core_offered.kind, core_offered.name"
            " FROM core_role, core_offered WHERE core_role.name = 'buyer' AND core_offered.kind IN ('permission', 'group')"
            " AND core_offered.name IN :rights"
        ).bindparams(rights),
        {"rights": _RIGHTS},
    )
    connection.execute(
        sa.text(
            "INSERT INTO core_grant (role_id, kind, name, scope) SELECT core_role.id, 'scope', 'contacts.task', 'own'"
            " FROM core_role, core_offered WHERE core_role.name = 'buyer' AND core_offered.kind = 'scope'"
            " AND core_offered.name = 'contacts.task'"
        )
    )


def downgrade() -> None:
    """The role stays: somebody may have it, and nothing of the program before it minds."""
