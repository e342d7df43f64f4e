"""Order of names."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: texts that are kept and ordered otherwise from now on
TEXTS = (
    {"name": "production_bom", "texts": ["name"], "orders": {"name": "name_order"}, "unique": [("item_id", "name")]},
)


def upgrade() -> None:
    op.add_column(
        "production_bom",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("production_bom", "name_order")
