"""Activities and tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "contacts_task_kind",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "name_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_task_kind")),
        sa.UniqueConstraint("name", name=op.f("uq_contacts_task_kind_name")),
    )
    op.create_table(
        "contacts_activity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'call', 'letter', 'meeting')", name=op.f("ck_contacts_activity_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["core_user.id"], name=op.f("fk_contacts_activity_author_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_activity_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_activity_document_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_activity")),
    )
    op.create_index(
        "ix_contacts_activity_contact_id_moment_id", "contacts_activity", ["contact_id", "moment", "id"], unique=False
    )
    op.create_index(op.f("ix_contacts_activity_document_id"), "contacts_activity", ["document_id"], unique=False)
    op.create_table(
        "contacts_activity_person",
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["contacts_activity.id"],
            name=op.f("fk_contacts_activity_person_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["contacts_person.id"],
            name=op.f("fk_contacts_activity_person_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name=op.f("pk_contacts_activity_person")),
    )
    op.create_index(
        op.f("ix_contacts_activity_person_person_id"), "contacts_activity_person", ["person_id"], unique=False
    )
    op.create_table(
        "contacts_task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "title_order",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("after_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("responsible_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("is_timed", sa.Boolean(), nullable=False),
        sa.Column("remind_before", sa.Integer(), nullable=True),
        sa.Column("remind_at", sa.DateTime(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_contacts_task_state")),
        sa.ForeignKeyConstraint(
            ["after_id"], ["contacts_activity.id"], name=op.f("fk_contacts_task_after_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["core_user.id"], name=op.f("fk_contacts_task_author_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["core_user.id"], name=op.f("fk_contacts_task_closed_by_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts_contact.id"], name=op.f("fk_contacts_task_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_contacts_task_document_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["contacts_task_kind.id"], name=op.f("fk_contacts_task_kind_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["core_user.id"], name=op.f("fk_contacts_task_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts_task")),
    )
    op.create_index(op.f("ix_contacts_task_after_id"), "contacts_task", ["after_id"], unique=False)
    op.create_index(op.f("ix_contacts_task_author_id"), "contacts_task", ["author_id"], unique=False)
    op.create_index(
        "ix_contacts_task_contact_id_closed_at_id", "contacts_task", ["contact_id", "closed_at", "id"], unique=False
    )
    op.create_index(op.f("ix_contacts_task_document_id"), "contacts_task", ["document_id"], unique=False)
    op.create_index(op.f("ix_contacts_task_kind_id"), "contacts_task", ["kind_id"], unique=False)
    op.create_index(
        "ix_contacts_task_open",
        "contacts_task",
        ["responsible_id", "due", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_contacts_task_open_due",
        "contacts_task",
        ["due", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_contacts_task_remind_at"), "contacts_task", ["remind_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contacts_task_remind_at"), table_name="contacts_task")
    op.drop_index(
        "ix_contacts_task_open_due",
        table_name="contacts_task",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_contacts_task_open",
        table_name="contacts_task",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_contacts_task_kind_id"), table_name="contacts_task")
    op.drop_index(op.f("ix_contacts_task_document_id"), table_name="contacts_task")
    op.drop_index("ix_contacts_task_contact_id_closed_at_id", table_name="contacts_task")
    op.drop_index(op.f("ix_contacts_task_author_id"), table_name="contacts_task")
    op.drop_index(op.f("ix_contacts_task_after_id"), table_name="contacts_task")
    op.drop_table("contacts_task")
    op.drop_index(op.f("ix_contacts_activity_person_person_id"), table_name="contacts_activity_person")
    op.drop_table("contacts_activity_person")
    op.drop_index(op.f("ix_contacts_activity_document_id"), table_name="contacts_activity")
    op.drop_index("ix_contacts_activity_contact_id_moment_id", table_name="contacts_activity")
    op.drop_table("contacts_activity")
    op.drop_table("contacts_task_kind")
