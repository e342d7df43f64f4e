"""Which contacts would owe more or less by a document, for its preview."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import MOST_SHOWN, Document, PreviewPart
from app.api.ledger import WrittenEntries
from app.api.prints import PaperColumn
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, from_units
from modules.contacts.models import Contact
from modules.contacts.queries import balances_of
from modules.contacts.registers import Settlements

_COLUMNS = (
    PaperColumn("contact", _l("Contact")),
    PaperColumn("currency", _l("Currency")),
    PaperColumn("before", _l("Balance now"), "money"),
    PaperColumn("after", _l("Afterwards"), "money"),
)


def preview_parts(session: Session, actor: Actor, document: Document, written: WrittenEntries) -> Iterator[PreviewPart]:
    """What contacts owe, above zero, or are owed."""
    del document
    if not (actor.may("contacts.statement.view") and actor.sees("contacts.financial")):
        return
    present, changes = wall_clock(), defaultdict[tuple[int, str], int](int)
    for row in written.of(Settlements):
        if row["moment"] <= present:
            changes[row["contact_id"], row["currency"]] += row["amount"]  # signed, whichever side it is on
    changed = {key: change for key, change in changes.items() if change}
    shown = sorted(changed)[:MOST_SHOWN]
    if not shown:
        return
    contacts = list({contact for contact, _currency in shown})
    query = select(Contact.id, Contact.name).where(Contact.id.in_(contacts))
    names = {row.id: row.name for row in session.execute(query)}
    balances = {contact: balances_of(session, contact) for contact in names}
    rows = []
    for contact, currency in shown:
        if contact in names:
            after: Any = balances[contact].get(currency, Decimal(0))
            before = after - from_units(changed[contact, currency], Money.scale)
            rows.append({"contact": names[contact], "currency": currency, "before": before, "after": after})
    yield PreviewPart(_("What contacts owe"), _COLUMNS, rows, len(changed) - len(rows))
