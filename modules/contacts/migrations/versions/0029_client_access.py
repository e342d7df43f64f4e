"""Client access."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "contacts_client_access",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("shows", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("site", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_client_access_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_contacts_client_access_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_client_access")),
        sa.UniqueConstraint("digest", name=op.f("uq_contacts_client_access_digest")),
    )
    op.create_index(
        op.f("ix_contacts_client_access_contact_id"), "contacts_client_access", ["contact_id"], unique=False
    )
    op.create_index(op.f("ix_contacts_client_access_email"), "contacts_client_access", ["email"], unique=False)
    op.create_table(
        "contacts_client_login",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_id"],
            ["contacts_client_access.id"],
            name=op.f("fk_contacts_client_login_access_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_client_login")),
        sa.UniqueConstraint("digest", name=op.f("uq_contacts_client_login_digest")),
    )
    op.create_index(op.f("ix_contacts_client_login_access_id"), "contacts_client_login", ["access_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_client_login_access_id"), table_name="contacts_client_login")
    op.drop_table("contacts_client_login")
    op.drop_index(op.f("ix_contacts_client_access_email"), table_name="contacts_client_access")
    op.drop_index(op.f("ix_contacts_client_access_contact_id"), table_name="contacts_client_access")
    op.drop_table("contacts_client_access")
