"""The core's own kinds of notifications."""

from app.notifications.declaring import NotificationKind
from app.translation import lazy_gettext as _l

job_failed = NotificationKind("core.job_failed", _l("A job that I started failed"))
job_done = NotificationKind("core.job_done", _l("A long job that I started is done"))
schedule_failed = NotificationKind("core.schedule_failed", _l("A scheduled job failed"), needs="core.job.view")
backup_failed = NotificationKind("core.backup_failed", _l("A backup failed"), default="both", needs="core.job.view")
access_expires = NotificationKind("core.access_expires", _l("A token of mine expires soon"))
mentioned = NotificationKind("core.mentioned", _l("Somebody mentions me"))
access_changed = NotificationKind(
    "core.access_changed", _l("My password, address, roles or tokens change"), default="both", is_fixed=True
)
