"""Order of names."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

#: texts that are kept and ordered otherwise from now on
TEXTS = (
    {"name": "core_unit", "texts": ["name"], "orders": {"name": "name_order"}},
    {"name": "core_user", "texts": ["name"], "orders": {"name": "name_order"}},
)


def upgrade() -> None:
    op.add_column(
        "core_unit",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )
    op.add_column(
        "core_user",
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("core_user", "name_order")
    op.drop_column("core_unit", "name_order")
