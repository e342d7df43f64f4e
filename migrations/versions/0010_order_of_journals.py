"""Order of journals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

#: texts that are kept and ordered otherwise from now on
TEXTS = ({"name": "core_document", "texts": [], "orders": {"summary": "summary_order"}},)


def upgrade() -> None:
    op.add_column(
        "core_document",
        sa.Column(
            "summary_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("core_document", "summary_order")
