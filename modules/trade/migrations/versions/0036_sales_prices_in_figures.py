"""Sales figures and complaints say sales prices: whoever has read them may see these."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.execute(
        sa.text(
            "INSERT INTO core_grant (role_id, kind, name)"
            " SELECT DISTINCT role_id, 'group', 'warehouse.price' FROM core_grant WHERE kind = 'permission'"
            " AND name IN ('trade.result.view', 'trade.complaint.view') AND role_id NOT IN"
            " (SELECT role_id FROM core_grant WHERE kind = 'group' AND name = 'warehouse.price')"
        )
    )


def downgrade() -> None:
    """The grants stay: which of them were there before isn't known."""
