"""Reminding whoever looks after items of certificates that expire."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.jobs import JobKind, Run, Schedule
from app.api.notifications import NotificationKind, notify_users
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.warehouse.certificates import EDIT
from modules.warehouse.certificates.models import Certificate
from modules.warehouse.certificates.tables import expires
from modules.warehouse.models import Item, ItemGroup

#: so many days before the last one they are reminded of, the longest first; of the last day itself at the latest
LEADS = (30, 7, 0)

certificate_expires = NotificationKind(
    "warehouse.certificate_expires", _l("A certificate of goods expires soon"), default="bell", needs=EDIT
)


def remind_of_certificates(session: Session) -> int:
    """Remind everyone who may change items of the certificates that expire within the longest lead, once for each lead and last
    day; those that another replaces don't expire. How many there are."""
    today, found = wall_clock().date(), 0
    for certificate_id, number, name, last in _expiring(session):
        notify_users(
            session,
            certificate_expires,
            text=_l("“%(number)s” of “%(name)s” is valid until %(day)s.", number=number, name=name, day=last),
            holding=EDIT,
            link=f"/warehouse/certificates/{certificate_id}",
            once=f"warehouse.certificate:{certificate_id}:{last}:{lead_of(last - today)}",
        )
        found += 1
    return found


def lead_of(left: timedelta, leads: Iterable[int] = LEADS) -> int:
    """The shortest lead that has begun with so much time left; of none, the longest."""
    return min((lead for lead in leads if left.days <= lead), default=max(leads))


def _expiring(session: Session) -> Iterator[tuple[int, str, str, date]]:
    c = Certificate
    query = (
        select(c.id, c.number, Item.name.label("item"), ItemGroup.name.label("group"), c.valid_until)
        .outerjoin(Item, Item.id == c.item_id)
        .outerjoin(ItemGroup, ItemGroup.id == c.group_id)
        .where(expires(str(max(LEADS))))
        .order_by(c.valid_until, c.id)
    )
    for row in session.execute(query).all():
        yield row.id, row.number, row.item or row.group, row.valid_until


def _remind(run: Run) -> dict[str, Any]:
    return {"expiring": run.company.database.run(remind_of_certificates, actor=SYSTEM)}


of_certificates = JobKind(
    "warehouse.remind_of_certificates", _l("Remind of certificates that expire"), _remind, is_resumable=True
)
every_morning = Schedule(
    "warehouse.remind_of_certificates", _l("Remind of certificates that expire"), of_certificates.name, "20 7 * * *"
)
