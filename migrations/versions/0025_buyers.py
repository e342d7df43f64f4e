"""Buyers: companies that are there already get the role, with nobody in it and what its modules have offered."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    # a new company has no roles yet, and gets this one with the others; a role of that name that has rights is the company's own
    op.execute(
        sa.text(
            "INSERT INTO core_role (name, version) SELECT 'buyer', 1 WHERE EXISTS (SELECT 1 FROM core_role)"
            " AND NOT EXISTS (SELECT 1 FROM core_role WHERE name = 'buyer')"
        )
    )
    op.execute(
        sa.text(
            "INSERT INTO core_grant (role_id, kind, name, scope)"
            " SELECT core_role.id, core_offered.kind, core_offered.name,"
            " CASE WHEN core_offered.kind = 'scope' THEN 'own' END"
            " FROM core_role, core_offered WHERE core_role.name = 'buyer'"
            " AND NOT EXISTS (SELECT 1 FROM core_grant WHERE core_grant.role_id = core_role.id)"
            " AND (core_offered.kind = 'scope' AND core_offered.name = 'contacts.task'"
            " OR core_offered.kind = 'group' AND core_offered.name IN ('contacts.private', 'warehouse.cost')"
            " OR core_offered.kind = 'permission' AND core_offered.name IN ("
            "'contacts.activity.edit', 'contacts.activity.view', 'contacts.contact.edit', 'contacts.contact.view',"
            " 'contacts.contract.edit', 'contacts.contract.view', 'contacts.file.view', 'contacts.letter.send',"
            " 'contacts.letter.view', 'contacts.task.edit', 'contacts.task.view', 'core.file.edit', 'core.file.view',"
            " 'trade.commission_move.view', 'trade.landed_cost.edit', 'trade.landed_cost.post',"
            " 'trade.landed_cost.reverse', 'trade.landed_cost.view', 'trade.purchase.edit', 'trade.purchase.post',"
            " 'trade.purchase.reverse', 'trade.purchase.view', 'trade.purchase_agreement.edit',"
            " 'trade.purchase_agreement.post', 'trade.purchase_agreement.reverse', 'trade.purchase_agreement.view',"
            " 'trade.purchase_order.edit', 'trade.purchase_order.post', 'trade.purchase_order.reverse',"
            " 'trade.purchase_order.view', 'trade.purchase_price.view', 'trade.purchase_return.edit',"
            " 'trade.purchase_return.post', 'trade.purchase_return.reverse', 'trade.purchase_return.view',"
            " 'trade.receipt.edit', 'trade.receipt.post', 'trade.receipt.reverse', 'trade.receipt.view',"
            " 'trade.receipt_return.edit', 'trade.receipt_return.post', 'trade.receipt_return.reverse',"
            " 'trade.receipt_return.view', 'trade.supplier_invoice.view', 'trade.supplier_offer.edit',"
            " 'trade.supplier_offer.post', 'trade.supplier_offer.reverse', 'trade.supplier_offer.view',"
            " 'trade.supplier_request.edit', 'trade.supplier_request.post', 'trade.supplier_request.reverse',"
            " 'trade.supplier_request.view', 'warehouse.issue.view', 'warehouse.item.edit', 'warehouse.item.view',"
            " 'warehouse.opening.view', 'warehouse.receipt.view', 'warehouse.stock.view', 'warehouse.transfer.view',"
            " 'warehouse.write_off.view'))"
        )
    )


def downgrade() -> None:
    """The role stays: somebody may have it, and nothing of the program before it minds."""
