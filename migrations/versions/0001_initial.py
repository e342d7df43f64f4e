"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "core_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit")),
        sa.UniqueConstraint("chain", "sequence", name=op.f("uq_core_audit_chain_sequence")),
    )
    op.create_index(op.f("ix_core_audit_action"), "core_audit", ["action"], unique=False)
    op.create_index(op.f("ix_core_audit_moment"), "core_audit", ["moment"], unique=False)
    op.create_table(
        "core_audit_head",
        sa.Column("chain", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_core_audit_head")),
    )
    op.create_table(
        "core_currency_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_currency_rate")),
        sa.UniqueConstraint("currency", "day", name=op.f("uq_core_currency_rate_currency_day")),
    )
    op.create_table(
        "core_generation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_generation")),
    )
    op.create_table(
        "core_module",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_module")),
    )
    op.create_table(
        "core_offered",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_core_offered")),
    )
    op.create_table(
        "core_organisation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("zone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_organisation")),
    )
    op.create_table(
        "core_role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_role")),
        sa.UniqueConstraint("name", name=op.f("uq_core_role_name")),
    )
    op.create_table(
        "core_team",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_team")),
        sa.UniqueConstraint("name", name=op.f("uq_core_team_name")),
    )
    op.create_table(
        "core_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_core_unit_code")),
    )
    op.create_table(
        "core_grant",
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["core_role.id"], name=op.f("fk_core_grant_role_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("role_id", "kind", "name", name=op.f("pk_core_grant")),
    )
    op.create_table(
        "core_series",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_core_series_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", name=op.f("pk_core_series")),
    )
    op.create_table(
        "core_user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_user_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_user")),
        sa.UniqueConstraint("login", name=op.f("uq_core_user_login")),
    )
    op.create_table(
        "core_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("is_dated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("responsible_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f("fk_core_document_organisation_id")
        ),
        sa.ForeignKeyConstraint(["responsible_id"], ["core_user.id"], name=op.f("fk_core_document_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_document")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_core_document_operation_id")),
        sa.UniqueConstraint(
            "organisation_id", "kind", "number", name=op.f("uq_core_document_organisation_id_kind_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_core_document_kind_moment_id", "core_document", ["kind", "moment", "id"], unique=False)
    op.create_index(
        "ix_core_document_responsible_id_kind_moment_id",
        "core_document",
        ["responsible_id", "kind", "moment", "id"],
        unique=False,
    )
    op.create_table(
        "core_document_link",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_line", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["core_document.id"], name=op.f("fk_core_document_link_document_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["core_document.id"], name=op.f("fk_core_document_link_origin_id")),
        sa.PrimaryKeyConstraint("document_id", "line", name=op.f("pk_core_document_link")),
    )
    op.create_index(
        "ix_core_document_link_origin_id_origin_line", "core_document_link", ["origin_id", "origin_line"], unique=False
    )
    op.create_table(
        "core_document_version",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["core_document.id"], name=op.f("fk_core_document_version_document_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_document_version_user_id")),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_core_document_version")),
    )
    op.create_table(
        "core_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("awaited_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("schedule", sa.String(length=60), nullable=True),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("progress", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("beat_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["awaited_by_id"], ["core_user.id"], name=op.f("fk_core_job_awaited_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_job_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job")),
    )
    op.create_index("ix_core_job_state_id", "core_job", ["state", "id"], unique=False)
    op.create_index(op.f("ix_core_job_user_id"), "core_job", ["user_id"], unique=False)
    op.create_index(op.f("ix_core_job_awaited_by_id"), "core_job", ["awaited_by_id"], unique=False)
    op.create_table(
        "core_daily_mail",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_daily_mail_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_core_daily_mail")),
    )
    op.create_table(
        "core_notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.Column("is_belled", sa.Boolean(), nullable=False),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("mailed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_notification_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_notification")),
        sa.UniqueConstraint("user_id", "once", name=op.f("uq_core_notification_user_id_once")),
    )
    op.create_index(
        "ix_core_notification_unread",
        "core_notification",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_core_notification_user_id_id", "core_notification", ["user_id", "id"], unique=False)
    op.create_table(
        "core_notification_choice",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_notification_choice_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_core_notification_choice")),
    )
    op.create_table(
        "core_schedule",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("cron", sa.String(length=100), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("begun_until", sa.DateTime(), nullable=False),
        sa.Column("last_job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["last_job_id"], ["core_job.id"], name=op.f("fk_core_schedule_last_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_schedule")),
    )
    op.create_table(
        "core_kept_form",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("operation", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_kept_form_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_kept_form")),
        sa.UniqueConstraint(
            "user_id", "address", "operation", name=op.f("uq_core_kept_form_user_id_address_operation")
        ),
    )
    op.create_table(
        "core_login",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_login_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_login")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_core_login_token_digest")),
    )
    op.create_index(op.f("ix_core_login_user_id"), "core_login", ["user_id"], unique=False)
    op.create_table(
        "core_user_role",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["core_role.id"], name=op.f("fk_core_user_role_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_user_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_core_user_role")),
    )
    op.create_table(
        "core_custom_field",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("offered", sa.Text(), nullable=False),
        sa.Column("retired", sa.Text(), nullable=False),
        sa.Column("field_group", sa.String(length=60), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_custom_field")),
        sa.UniqueConstraint("subject", "key", name=op.f("uq_core_custom_field_subject_key")),
    )
    op.create_table(
        "core_document_value",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("flag", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["field_id"], ["core_custom_field.id"], name=op.f("fk_core_document_value_field_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["core_document.id"], name=op.f("fk_core_document_value_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "field_id", name=op.f("pk_core_document_value")),
    )
    op.create_index(
        "ix_core_document_value_day",
        "core_document_value",
        ["field_id", "day"],
        unique=False,
        sqlite_where=sa.text("day IS NOT NULL"),
        postgresql_where=sa.text("day IS NOT NULL"),
    )
    op.create_index(
        "ix_core_document_value_number",
        "core_document_value",
        ["field_id", "number"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_index(
        "ix_core_document_value_text",
        "core_document_value",
        ["field_id", "text"],
        unique=False,
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.create_table(
        "core_backup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("proved_at", sa.DateTime(), nullable=True),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_backup")),
        sa.UniqueConstraint("name", name=op.f("uq_core_backup_name")),
    )
    op.create_index(op.f("ix_core_backup_made_at"), "core_backup", ["made_at"], unique=False)
    op.create_table(
        "core_backup_plan",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("keep_daily", sa.Integer(), nullable=False),
        sa.Column("keep_weekly", sa.Integer(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_backup_plan")),
    )


def downgrade() -> None:
    op.drop_table("core_backup_plan")
    op.drop_index(op.f("ix_core_backup_made_at"), table_name="core_backup")
    op.drop_table("core_backup")
    op.drop_index(
        "ix_core_document_value_text",
        table_name="core_document_value",
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.drop_index(
        "ix_core_document_value_number",
        table_name="core_document_value",
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.drop_index(
        "ix_core_document_value_day",
        table_name="core_document_value",
        sqlite_where=sa.text("day IS NOT NULL"),
        postgresql_where=sa.text("day IS NOT NULL"),
    )
    op.drop_table("core_document_value")
    op.drop_table("core_custom_field")
    op.drop_table("core_user_role")
    op.drop_index(op.f("ix_core_login_user_id"), table_name="core_login")
    op.drop_table("core_login")
    op.drop_table("core_kept_form")
    op.drop_table("core_schedule")
    op.drop_table("core_notification_choice")
    op.drop_index("ix_core_notification_user_id_id", table_name="core_notification")
    op.drop_index("ix_core_notification_unread", table_name="core_notification")
    op.drop_table("core_notification")
    op.drop_table("core_daily_mail")
    op.drop_index(op.f("ix_core_job_awaited_by_id"), table_name="core_job")
    op.drop_index(op.f("ix_core_job_user_id"), table_name="core_job")
    op.drop_index("ix_core_job_state_id", table_name="core_job")
    op.drop_table("core_job")
    op.drop_table("core_document_version")
    op.drop_index("ix_core_document_link_origin_id_origin_line", table_name="core_document_link")
    op.drop_table("core_document_link")
    op.drop_index("ix_core_document_responsible_id_kind_moment_id", table_name="core_document")
    op.drop_index("ix_core_document_kind_moment_id", table_name="core_document")
    op.drop_table("core_document")
    op.drop_table("core_user")
    op.drop_table("core_series")
    op.drop_table("core_grant")
    op.drop_table("core_unit")
    op.drop_table("core_team")
    op.drop_table("core_role")
    op.drop_table("core_organisation")
    op.drop_table("core_offered")
    op.drop_table("core_module")
    op.drop_table("core_generation")
    op.drop_table("core_currency_rate")
    op.drop_table("core_audit_head")
    op.drop_index(op.f("ix_core_audit_moment"), table_name="core_audit")
    op.drop_index(op.f("ix_core_audit_action"), table_name="core_audit")
    op.drop_table("core_audit")
