"""Sales prices are confidential: whoever saw them still does, except storekeepers, who sell nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # a new company has been offered nothing yet, and gets it with the rest
    op.execute(
        sa.text(
            "INSERT INTO core_grant (role_id, kind, name)"
            " SELECT core_role.id, 'group', 'warehouse.price' FROM core_role WHERE EXISTS (SELECT 1 FROM core_grant"
            " WHERE core_grant.role_id = core_role.id AND core_grant.kind = 'permission'"
            " AND (core_grant.name = 'warehouse.item.view' AND core_role.name <> 'storekeeper' OR core_grant.name IN ("
            "'trade.price.view', 'trade.till.use', 'trade.quote.view', 'trade.sales_order.view', 'trade.invoice.view',"
            " 'trade.sale.view', 'trade.sales_return.view', 'trade.sales_agreement.view', 'trade.agent_report.view',"
            " 'trade.commission_move.view')))"
        )
    )
    op.execute(
        sa.text(
            "INSERT INTO core_offered (kind, name) SELECT 'group', 'warehouse.price'"
            " WHERE EXISTS (SELECT 1 FROM core_offered WHERE name = 'warehouse.item.view')"
        )
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM core_grant WHERE kind = 'group' AND name = 'warehouse.price'"))
    op.execute(sa.text("DELETE FROM core_offered WHERE kind = 'group' AND name = 'warehouse.price'"))
