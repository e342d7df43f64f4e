"""Order of codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: texts that are kept and ordered otherwise from now on
TEXTS = ({"name": "warehouse_place", "texts": ["code"], "orders": {"code": "code_order"}, "unique": [("code",)]},)


def upgrade() -> None:
    op.add_column(
        "warehouse_place",
        sa.Column(
            "code_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("warehouse_place", "code_order")
