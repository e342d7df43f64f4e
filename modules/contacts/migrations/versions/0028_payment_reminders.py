"""Payment reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "contacts_reminder_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_contacts_reminder_run_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_contacts_reminder_run_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_reminder_run")),
    )
    op.create_index(
        op.f("ix_contacts_reminder_run_organisation_id"), "contacts_reminder_run", ["organisation_id"], unique=False
    )
    op.create_table(
        "contacts_reminder_exclusion",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_reminder_exclusion_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_contacts_reminder_exclusion_user_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contacts_reminder_exclusion")),
    )
    op.create_table(
        "contacts_reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_reminder_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["contacts_letter.id"], name=op.f("fk_contacts_reminder_letter_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["contacts_reminder_run.id"], name=op.f("fk_contacts_reminder_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_reminder")),
    )
    op.create_index(op.f("ix_contacts_reminder_contact_id"), "contacts_reminder", ["contact_id"], unique=False)
    op.create_index(op.f("ix_contacts_reminder_letter_id"), "contacts_reminder", ["letter_id"], unique=False)
    op.create_index(op.f("ix_contacts_reminder_run_id"), "contacts_reminder", ["run_id"], unique=False)
    op.create_table(
        "contacts_reminder_line",
        sa.Column("reminder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["contacts_open_item.id"], name=op.f("fk_contacts_reminder_line_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["contacts_reminder.id"],
            name=op.f("fk_contacts_reminder_line_reminder_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reminder_id", "item_id", name=op.f("pk_contacts_reminder_line")),
    )
    op.create_index(op.f("ix_contacts_reminder_line_item_id"), "contacts_reminder_line", ["item_id"], unique=False)
    op.add_column(
        "contacts_credit_rule",
        sa.Column("reminder_days", sa.String(length=40), server_default="3, 14, 30", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("contacts_credit_rule", "reminder_days")
    op.drop_index(op.f("ix_contacts_reminder_line_item_id"), table_name="contacts_reminder_line")
    op.drop_table("contacts_reminder_line")
    op.drop_index(op.f("ix_contacts_reminder_run_id"), table_name="contacts_reminder")
    op.drop_index(op.f("ix_contacts_reminder_letter_id"), table_name="contacts_reminder")
    op.drop_index(op.f("ix_contacts_reminder_contact_id"), table_name="contacts_reminder")
    op.drop_table("contacts_reminder")
    op.drop_table("contacts_reminder_exclusion")
    op.drop_index(op.f("ix_contacts_reminder_run_organisation_id"), table_name="contacts_reminder_run")
    op.drop_table("contacts_reminder_run")
