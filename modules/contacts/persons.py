"""What is kept of a person who is a contact: shown before anything happens, given to them, and erased while the books stay."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.data import Base, forget_all
from app.api.documents import Document
from app.api.errors import Conflict, Invalid
from app.api.persons import Found, Person, erase_kept, found_of
from app.api.search import write_index
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import order_key
from modules.contacts.bank_models import BankLine
from modules.contacts.contract_models import Contract
from modules.contacts.families import family_of, refuse_ended
from modules.contacts.mentions import NAMING, mentions_of, take_out_mentions
from modules.contacts.models import PEOPLE, Channel, Contact, Merge, contact_label
from modules.contacts.payers import forget_payer, lines_of
from modules.contacts.queries import OPEN, is_open
from modules.contacts.search import ContactSearch

_ALL = PastPolicy("whoever may erase a person erases all that names them, whatever they see otherwise")
#: of these rows the books need that they are there; what they say of a person is taken out of them
_KEPT = ("contacts_contract", "contacts_bank_order_line", "contacts_open_item")
#: states of documents after which nothing more is done with them
_OVER = ("posted", "reversed", "closed", "cancelled")
#: fields of a contact that say nothing of a person, or that whoever keeps the books needs
_STAYING = {
    *(
        "id",
        "form",
        "kind",
        "created_at",
        "version",
        "responsible_id",
        "country",
        "credit_limit",
        "over_limit",
        "overdue",
    ),
    *("payment_terms", "payment_days", "discount_percent", "discount_days"),
}


def person_of(session: Session, contact: Contact) -> Person:
    """The contact, with those that were merged into it, as a person. Refused: a legal entity (Invalid), one that was merged
    into another (Conflict)."""
    if contact.kind not in PEOPLE:
        raise Invalid(_l("“%(name)s” is a legal entity, not a person.", name=contact.name))
    refuse_ended(session, [contact])
    ids = tuple(family_of(session, contact.id))
    table: Any = Contact.__table__
    rows = _ALL(session).execute(select(table).where(table.c.id.in_(ids))).all()
    texts = {text for row in rows for text in (row.name, row.legal_name, row.email, row.phone)}
    reached = select(Channel.value).where(Channel.contact_id.in_(ids), Channel.person_id.is_(None))
    texts = {text for text in (*texts, *_ALL(session).scalars(reached)) if text and len(text) > 3}
    return Person(Contact.noun, table, ids, tuple(sorted(texts)), f"Erased person {contact.id}")


def find_person(session: Session, actor: Actor, contact: Contact) -> Found:
    """All that is kept of the contact. Refused: who lacks the right (Forbidden), and as by `person_of`."""
    require(actor, "contacts.person.export")
    return everything_on(session, person_of(session, contact))


def everything_on(session: Session, person: Person) -> Found:
    """All that is kept of a person, and what people have typed of them elsewhere. Whoever calls has asked for the right."""
    found = found_of(session, person)
    if person.table is Contact.__table__:
        found.add(BankLine.__tablename__, lines_of(session, found))
    for table, rows in mentions_of(session, person).items():
        key = [column.name for column in Base.metadata.tables[table].primary_key]
        there = {tuple(row.get(name) for name in key) for row in found.rows.get(table, ())}
        found.add(f"{table}{NAMING}", [row for row in rows if tuple(row[name] for name in key) not in there])
    return found


def note_given(session: Session, contact: Contact, found: Found) -> None:
    """Let the audit know that all of it was taken along."""
    rows = sum(map(len, found.rows.values()))
    said = f"{rows} rows, {len(found.files)} files"
    record(session, "contacts.person.export", subject="contacts.contact", subject_id=contact.id, summary=said)


def hindrances_of(session: Session, person: Person, found: Found) -> Sequence[object]:
    """What has to be settled before the person can be erased, in words; empty: nothing."""
    said: list[object] = []
    if (
        _ALL(session)
        .execute(select(OPEN.c.item_id).where(OPEN.c.contact_id.in_(person.ids), is_open()).limit(1))
        .first()
    ):
        said.append(_l("Something is still open between you: settle or write it off first."))
    rows = found.rows.get(Document.__tablename__, [])
    if unfinished := [row["number"] or f"#{row['id']}" for row in rows if row["state"] not in _OVER]:
        numbers = ", ".join(unfinished[:10])
        said.append(_l("These documents aren't finished: %(numbers)s. Post or discard them first.", numbers=numbers))
    return said


def erase_person(session: Session, actor: Actor, contact: Contact, typed: str) -> str:
    """Erase the contact for good: gives what it is called from now on. Nothing of the ledger changes.

    Refused: who lacks the right (Forbidden), who hasn't typed the contact's name (Invalid), whoever owes or is owed something,
    or has documents that aren't finished (Conflict), and as by `person_of`.
    """
    require(actor, "contacts.person.erase")
    session.flush()
    person = person_of(session, contact)
    return erase_as(session, contact, person, contact.name, typed, lambda found: _erase(session, person, found))


def erase_as(
    session: Session,
    contact: Contact,
    person: Person,
    name: str,
    typed: str,
    erase: Callable[[Found], None],
    summary: str = "",
) -> str:
    """What every erasure begins and ends with, whosever: `erase` takes out what was found of them; gives what they are called
    from now on. Refused (Invalid): who hasn't typed the name."""
    # Whoever makes a document with them, or changes them, waits, and finds them erased.
    family, contacts = family_of(session, contact.id), cast(Table, Contact.__table__)
    _ALL(session).execute(select(contacts.c.id).where(contacts.c.id.in_(family)).with_for_update())
    if typed.strip() != name:
        raise Invalid(_l("Type the name exactly as it is."), field="name")
    erase(found_of(session, person))
    session.expire_all()
    take_out_mentions(session, person)
    forget_all(session, "contacts.contact")
    write_index(session, ContactSearch, family)
    # After the others, so that it stays: who erased whose record, and nothing of what it said.
    record(session, "contacts.person.erase", subject="contacts.contact", subject_id=contact.id, summary=summary)
    return person.instead


def _erase(session: Session, person: Person, found: Found) -> None:
    for hindrance in hindrances_of(session, person, found):
        raise Conflict(hindrance)
    forget_payer(session, person, found)
    _take_out(session, person)
    erase_kept(session, person, found, kept=_KEPT)


def _take_out(session: Session, person: Person) -> None:
    """Let the rows that stay say nothing of the person: past the session, so that no change is kept with what it was before."""
    connection = _ALL(session)
    contacts: Any = person.table
    for number in person.ids:
        instead = person.instead if number == person.ids[0] else f"{person.instead}, {number}"
        said: dict[str, Any] = {c.name: _nothing(c) for c in contacts.columns if c.name not in _STAYING}
        said |= {"name": instead, "name_order": order_key(instead), "code": f"erased-{number}"}
        said |= {"code_order": order_key(f"erased-{number}"), "is_active": False, "erased_at": utc_now()}
        connection.execute(update(contacts).where(contacts.c.id == number).values(said))
    connection.execute(contact_label.delete().where(contact_label.c.contact_id.in_(person.ids)))
    merges: Any = Merge.__table__
    connection.execute(update(merges).where(merges.c.head_id.in_(person.ids)).values(state=""))
    contracts: Any = Contract.__table__
    connection.execute(update(contracts).where(contracts.c.contact_id.in_(person.ids)).values(title="", note=""))


def _nothing(column: Any) -> Any:
    if column.nullable:
        return None
    return False if column.type.python_type is bool else ""
