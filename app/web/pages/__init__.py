"""The pages that everyone has; importing a file of the core's pages declares its routes."""

import importlib

FILES = (
    "pages.shell",
    "pages.home",
    "pages.overview",
    "pages.arranging",
    "pages.search",
    "pages.restoring",
    "pages.keeping",
    "pages.notifications",
    "pages.health",
    "pages.reports",
    "pages.help",
    "pages.standing_in",
    "pages.second_step",
    "pages.second_factor",
    "pages.files",
    "pages.printing",
    "kit.queued",
    "kit.lists",
    "kit.lines.lookups",
    "admin.users",
    "admin.lending",
    "admin.why",
    "admin.roles",
    "admin.modules",
    "admin.jobs",
    "admin.schedules",
    "admin.mail",
    "admin.imports",
    "admin.audit",
    "admin.events",
    "admin.books",
    "admin.closing",
    "admin.backups",
    "admin.reference",
    "admin.organisations",
    "admin.requisites",
    "admin.sample",
    "admin.templates",
    "admin.custom_fields",
)


def load() -> None:
    """Import every file of the core that declares routes."""
    for name in FILES:
        importlib.import_module(f"app.web.{name}")
