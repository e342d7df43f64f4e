"""The core's own rights and menu, declared like a module's."""

from app.registry import MenuItem, Module, Permission, Tab
from app.translation import lazy_gettext as _l

ADMINISTRATION = _l("Administration")

module = Module(
    name="core",
    title=_l("Core"),
    version="1.0",
    permissions=(
        Permission("core.user.manage", _l("Manage users")),
        Permission("core.role.manage", _l("Manage roles and rights")),
        Permission("core.module.manage", _l("Switch modules on and off")),
        Permission("core.audit.view", _l("Read the audit"), roles=("manager",)),
        Permission("core.overview.view", _l("See the management overview"), roles=("manager",)),
        Permission("core.period.close", _l("Close periods"), roles=("accountant", "manager")),
        Permission("core.period.reopen", _l("Reopen periods"), roles=("manager",), requires=("core.period.close",)),
        Permission("core.organisation.manage", _l("Change the organisation's details")),
        Permission("core.custom_field.manage", _l("Add and change custom fields")),
        Permission("core.template.edit", _l("Change the templates of prints")),
        Permission("core.rate.view", _l("See exchange rates"), roles=("accountant", "manager")),
        Permission("core.rate.edit", _l("Enter exchange rates"), roles=("accountant", "manager")),
        Permission("core.job.view", _l("See everybody's background jobs")),
        Permission("core.job.cancel", _l("Cancel everybody's background jobs")),
        # Schedules stand among the jobs.
        Permission("core.schedule.manage", _l("Change when scheduled jobs run"), requires=("core.job.view",)),
        # What an import makes needs the rights to it besides.
        Permission("core.import.run", _l("Import files"), roles=("storekeeper", "buyer", "accountant", "manager")),
        Permission("core.ledger.view", _l("Verify the books"), roles=("accountant", "manager")),
        Permission("core.file.view", _l("See files on cards"), roles=("salesperson", "buyer", "accountant", "manager")),
        Permission(
            "core.file.edit", _l("Keep files on cards"), roles=("salesperson", "buyer", "accountant", "manager")
        ),
        Permission("core.backup.manage", _l("Make and download backups")),
    ),
    menu=(
        MenuItem(
            _l("Organisation"),
            "core.organisation_edit",
            needs="core.organisation.manage",
            group=ADMINISTRATION,
            icon="building",
        ),
        MenuItem(_l("Exchange rates"), "core.rate_list", needs="core.rate.view", group=ADMINISTRATION, icon="coins"),
        MenuItem(_l("Units"), "core.unit_list", needs="core.organisation.manage", group=ADMINISTRATION, icon="scale"),
        MenuItem(
            _l("Custom fields"),
            "core.custom_field_list",
            needs="core.custom_field.manage",
            group=ADMINISTRATION,
            icon="adjustments-horizontal",
        ),
        MenuItem(_l("Users"), "core.user_list", needs="core.user.manage", group=ADMINISTRATION, icon="users"),
        MenuItem(_l("Roles"), "core.role_list", needs="core.role.manage", group=ADMINISTRATION, icon="shield-lock"),
        MenuItem(_l("Modules"), "core.module_list", needs="core.module.manage", group=ADMINISTRATION, icon="apps"),
        MenuItem(_l("Import"), "core.import_new", needs="core.import.run", group=ADMINISTRATION, icon="file-import"),
        MenuItem(_l("Background jobs"), "core.job_list", needs="core.job.view", group=ADMINISTRATION, icon="clock"),
        MenuItem(_l("Mail"), "core.mail_view", needs="core.organisation.manage", group=ADMINISTRATION, icon="mail"),
        MenuItem(_l("Management overview"), "core.overview_view", "core.overview.view", _l("Reports"), "eye"),
        MenuItem(_l("Audit"), "core.audit_list", needs="core.audit.view", group=ADMINISTRATION, icon="history"),
        MenuItem(_l("Books"), "core.ledger_view", needs="core.ledger.view", group=ADMINISTRATION, icon="book"),
        MenuItem(
            _l("Backups"), "core.backup_list", needs="core.backup.manage", group=ADMINISTRATION, icon="device-floppy"
        ),
    ),
    actions=(
        MenuItem(_l("Events"), "core.event_list", "core.audit.view", _l("Audit"), "history"),
        MenuItem(_l("Print templates"), "core.template_list", "core.template.edit", _l("Organisation"), "file-text"),
        MenuItem(_l("Schedules"), "core.schedule_list", "core.job.view", _l("Background jobs"), "clock"),
        MenuItem(_l("Close and reopen periods"), "core.period_close", "core.period.close", _l("Books"), "lock"),
    ),
    # Those of documents and lines in general serve modules too.
    fields={
        "accountant": _l("Chief accountant"),
        "address": _l("Address"),
        "amount": _l("Amount"),
        "base": _l("In the base currency"),
        "closed_until": _l("Closed period"),
        "code": _l("Code"),
        "currency": _l("Currency"),
        "director": _l("Director"),
        "edition": _l("Edition"),
        "form": _l("Form"),
        "from_day": _l("First day"),
        "is_used": _l("Used"),
        "limits": _l("Limited to"),
        "keep_daily": _l("Daily backups kept"),
        "keep_weekly": _l("Weekly backups kept"),
        "kind": _l("Kind"),
        "language": _l("Language"),
        "legal_name": _l("Name in the register"),
        "must_change_password": _l("Chooses a new password at the next sign-in"),
        "needs_second_factor": _l("Whoever has it needs a second factor"),
        "number": _l("Number"),
        "offered": _l("Choices"),
        "origin_line": _l("Line"),
        "reopens": _l("To be replaced"),
        "phone": _l("Phone"),
        "position": _l("Position"),
        "price": _l("Price"),
        "quantity": _l("Quantity"),
        "rate": _l("Rate"),
        "recipients": _l("Keys that open backups"),
        "registration_number": _l("Registration number"),
        "retired": _l("Choices no longer offered"),
        "roles": _l("Roles"),
        "scope": _l("How far it reaches"),
        "tax_office_code": _l("Code of the tax office"),
        "until_day": _l("Last day"),
    },
    tabs=(
        Tab("core.document", _l("Files"), "tabs:files", "core.file.view", help="core.file"),
        Tab("core.document", _l("History"), "tabs:history", "core.audit.view"),
    ),
)
