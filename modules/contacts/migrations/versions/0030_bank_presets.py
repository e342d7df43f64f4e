"""Bank presets."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "contacts_bank_preset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("decimal", sa.String(length=1), nullable=False),
        sa.Column("month_first", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["contacts_money_account.id"],
            name=op.f("fk_contacts_bank_preset_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_bank_preset")),
        sa.UniqueConstraint("account_id", "signature", name=op.f("uq_contacts_bank_preset_account_id_signature")),
    )


def downgrade() -> None:
    op.drop_table("contacts_bank_preset")
