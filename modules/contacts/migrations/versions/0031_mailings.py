"""Mailings."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "contacts_mailing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enclosure", sa.String(length=60), nullable=False),
        sa.Column("formats", sa.String(length=20), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("cron", sa.String(length=50), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.Column("begun_until", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("label_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("whom", sa.String(length=10), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["contacts_folder.id"], name=op.f("fk_contacts_mailing_folder_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["label_id"], ["contacts_label.id"], name=op.f("fk_contacts_mailing_label_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_contacts_mailing_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_mailing")),
    )
    op.create_table(
        "contacts_mailing_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["contacts_mailing.id"], name=op.f("fk_contacts_mailing_run_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_mailing_run")),
        sa.UniqueConstraint(
            "mailing_id", "since", "until", name=op.f("uq_contacts_mailing_run_mailing_id_since_until")
        ),
    )
    op.create_table(
        "contacts_mailing_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts_contact.id"],
            name=op.f("fk_contacts_mailing_letter_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["contacts_letter.id"],
            name=op.f("fk_contacts_mailing_letter_letter_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["contacts_mailing_run.id"], name=op.f("fk_contacts_mailing_letter_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_mailing_letter")),
        sa.UniqueConstraint(
            "run_id", "contact_id", "currency", name=op.f("uq_contacts_mailing_letter_run_id_contact_id_currency")
        ),
    )
    op.create_index(
        op.f("ix_contacts_mailing_letter_contact_id"), "contacts_mailing_letter", ["contact_id"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_mailing_letter_letter_id"), "contacts_mailing_letter", ["letter_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_mailing_letter_letter_id"), table_name="contacts_mailing_letter")
    op.drop_index(op.f("ix_contacts_mailing_letter_contact_id"), table_name="contacts_mailing_letter")
    op.drop_table("contacts_mailing_letter")
    op.drop_table("contacts_mailing_run")
    op.drop_table("contacts_mailing")
