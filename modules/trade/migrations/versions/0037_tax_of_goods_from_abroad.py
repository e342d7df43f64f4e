"""Tax of goods from abroad: what the organisation has for what it doesn't tax at home, no longer that of exports."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column(
        "trade_tax_policy",
        sa.Column(
            "import_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("trade_tax_code.id", name=op.f("fk_trade_tax_policy_import_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.execute("UPDATE trade_tax_policy SET import_id = COALESCE(abroad_id, export_id)")


def downgrade() -> None:
    op.drop_column("trade_tax_policy", "import_id")
