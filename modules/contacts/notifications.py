"""What people choose to be notified of."""

from app.api.notifications import NotificationKind
from app.api.texts import lazy_gettext as _l

task_due = NotificationKind(
    "contacts.task_due", _l("A task of mine is due soon"), default="bell", needs="contacts.task.view"
)
task_given = NotificationKind(
    "contacts.task_given", _l("Somebody gives me a task"), default="bell", needs="contacts.task.view"
)
mailing_failed = NotificationKind(
    "contacts.mailing_failed",
    _l("Letters of a mailing of mine did not go out"),
    default="bell",
    needs="contacts.mailing.edit",
)
mailing_stopped = NotificationKind("contacts.mailing_stopped", _l("A mailing has stopped"), default="bell")
contract_ends = NotificationKind(
    "contacts.contract_ends",
    _l("A contract with a contact of mine ends"),
    default="bell",
    needs="contacts.contract.view",
)
