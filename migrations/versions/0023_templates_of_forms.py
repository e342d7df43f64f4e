"""Templates of forms."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "core_form_template",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_form_template_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_form_template")),
        sa.UniqueConstraint("form", "number", name=op.f("uq_core_form_template_form_number")),
    )
    op.create_index(
        "uq_core_form_template_used",
        "core_form_template",
        ["form"],
        unique=True,
        sqlite_where=sa.text("is_used"),
        postgresql_where=sa.text("is_used"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_core_form_template_used",
        table_name="core_form_template",
        sqlite_where=sa.text("is_used"),
        postgresql_where=sa.text("is_used"),
    )
    op.drop_table("core_form_template")
