"""Relations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "contacts_relation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["contacts_contact.id"], name=op.f("fk_contacts_relation_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["contacts_contact.id"], name=op.f("fk_contacts_relation_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_relation")),
        sa.UniqueConstraint("first_id", "other_id", "kind", name=op.f("uq_contacts_relation_first_id_other_id_kind")),
    )
    op.create_index(op.f("ix_contacts_relation_other_id"), "contacts_relation", ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_relation_other_id"), table_name="contacts_relation")
    op.drop_table("contacts_relation")
