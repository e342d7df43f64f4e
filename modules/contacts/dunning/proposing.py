"""Who is to be reminded now, of what, and at which level: what is overdue, less what was reminded of at that level already."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, document_title
from app.api.security import PastPolicy
from modules.contacts.conditions import bounds_of
from modules.contacts.credit import rule_of
from modules.contacts.dunning.levels import next_level
from modules.contacts.dunning.models import Reminder, ReminderExclusion, ReminderLine, ReminderRun
from modules.contacts.letters.addresses import addresses_of
from modules.contacts.models import Contact, Merge, OpenItem
from modules.contacts.queries import OPEN, is_open, of_item, sees_open_items

#: so many contacts one run proposes
MOST = 300
_ALL = PastPolicy("who was reminded of what, so that nobody is twice, whoever did it")


@dataclass(frozen=True, slots=True)
class Late:
    """A debt that is overdue."""

    item_id: int
    document_id: int
    kind: str
    number: str
    moment: datetime
    due: date
    #: days overdue
    days: int
    open: Decimal
    currency: str
    #: of the last reminder; 0: none
    level: int
    #: the level that it is to be reminded at now; 0: not yet, or no more
    next: int

    @property
    def title(self) -> str:
        """The document as letters name it."""
        return f"{document_title(self.kind)} {self.number}"


@dataclass(slots=True)
class Proposed:
    """A contact that owes something overdue, and what a letter to it names."""

    contact: Contact
    lines: list[Late]
    addresses: list[str] = field(default_factory=list)
    is_excluded: bool = False

    @property
    def level(self) -> int:
        """Of the letter; 0: nothing has reached its next level."""
        return max(line.next for line in self.lines)

    @property
    def sums(self) -> dict[str, Decimal]:
        """What is overdue by currency."""
        found: dict[str, Decimal] = {}
        for line in self.lines:
            found[line.currency] = found.get(line.currency, Decimal(0)) + line.open
        return found

    @property
    def since(self) -> date:
        """When the oldest of it was due."""
        return min(line.due for line in self.lines)


def levels_of(session: Session) -> tuple[int, ...]:
    """Days overdue at which each level begins."""
    return bounds_of(rule_of(session).reminder_days)


def proposed(session: Session, contact_ids: Collection[int] | None = None) -> list[Proposed]:
    """Whom to remind, of those that are open to the session's actor, by name; `contact_ids`: of these alone. Contacts that get
    no reminders are among them, and say so; what has not reached its next level is left out, unless the same letter names it.

    Empty for whoever may not see what is owed.
    """
    if not sees_open_items(session.info["actor"]):
        return []
    lines = _late(session, levels_of(session), contact_ids)
    due = sorted(contact for contact, found in lines.items() if any(line.next for line in found))
    contacts = session.scalars(
        select(Contact).where(Contact.id.in_(due)).order_by(Contact.name_order, Contact.id).limit(MOST)
    ).all()
    ids = [contact.id for contact in contacts]
    excluded = set(session.scalars(select(ReminderExclusion.contact_id).where(ReminderExclusion.contact_id.in_(ids))))
    addresses = addresses_of(session, contacts)
    return [Proposed(c, lines[c.id], addresses[c.id], c.id in excluded) for c in contacts]


def is_late(session: Session, contact: Contact) -> bool:
    """Whether the contact is to be reminded of something now."""
    return bool(proposed(session, [contact.id]))


def _late(session: Session, levels: tuple[int, ...], contact_ids: Collection[int] | None) -> dict[int, list[Late]]:
    """What is overdue long enough for the first level, by contact; what merged ones owe is their head's."""
    today = wall_clock().date()
    due = func.coalesce(OpenItem.due, func.date(Document.moment))
    heads = {row.merged_id: row.head_id for row in session.execute(select(Merge.merged_id, Merge.head_id))}
    query = (
        select(
            *(OpenItem.id, OpenItem.contact_id, OpenItem.document_id, OpenItem.due),
            *(Document.kind, Document.number, Document.moment, OPEN.c.amount, OPEN.c.currency),
        )
        .join_from(OpenItem, Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open(), OPEN.c.amount > 0, due <= today - timedelta(days=levels[0]))
        .order_by(due, OpenItem.id)
    )
    if contact_ids is not None:
        merged = [one for one, head in heads.items() if head in contact_ids]
        query = query.where(OpenItem.contact_id.in_([*contact_ids, *merged]))
    rows = session.execute(query).all()
    reminded = _reminded(session, [row.id for row in rows])
    found: dict[int, list[Late]] = {}
    for row in rows:
        day = row.due or row.moment.date()  # one without a day is to be paid at once
        level, last = reminded.get(row.id, (0, today))
        reached = next_level(levels, (today - day).days, level, (today - last).days)
        late = Late(
            *(row.id, row.document_id, row.kind, row.number or "", row.moment, day, (today - day).days),
            *(row.amount, row.currency, level, reached),
        )
        found.setdefault(heads.get(row.contact_id, row.contact_id), []).append(late)
    return found


def _reminded(session: Session, items: list[int]) -> dict[int, tuple[int, date]]:
    """The level of each item, and the day on which it got that."""
    line, reminder, run = (m.__table__.c for m in (ReminderLine, Reminder, ReminderRun))
    found: dict[int, tuple[int, date]] = {}
    for i in range(0, len(items), 5000):  # SQLite takes 32,766 values in a statement at most
        query = (
            select(line.item_id, line.level, func.min(run.day).label("day"))
            .join_from(ReminderLine.__table__, Reminder.__table__, reminder.id == line.reminder_id)
            .join(ReminderRun.__table__, run.id == reminder.run_id)
            .where(line.item_id.in_(items[i : i + 5000]))
            .group_by(line.item_id, line.level)
            .order_by(line.item_id, line.level)
        )
        found |= {row.item_id: (row.level, row.day) for row in _ALL(session).execute(query)}
    return found
