"""Standards, certificates and declarations of conformity."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "warehouse_certificate",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", _ID, nullable=True),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("(item_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_warehouse_certificate_of")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["warehouse_item.id"], name=op.f("fk_warehouse_certificate_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["warehouse_item_group.id"], name=op.f("fk_warehouse_certificate_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse_certificate")),
    )
    for column in ("item_id", "group_id", "valid_until"):
        op.create_index(op.f(f"ix_warehouse_certificate_{column}"), "warehouse_certificate", [column], unique=False)


def downgrade() -> None:
    op.drop_table("warehouse_certificate")
