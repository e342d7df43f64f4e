"""The contacts' lists and lookups."""

from collections.abc import Collection
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import String, and_, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.ledger import closed_keys, lies_ahead, standing
from app.api.search import FoundBy, first_found
from app.api.security import MASKED, User
from app.api.texts import called
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import (
    Column,
    Creates,
    Filter,
    Link,
    Lookup,
    Table,
    document_address,
    period_filters,
    state_filter,
)
from modules.contacts.bank_tables import bank_lines as bank_lines
from modules.contacts.bank_tables import bank_orders as bank_orders
from modules.contacts.bank_tables import bank_statements as bank_statements
from modules.contacts.contract_tables import contracts as contracts
from modules.contacts.families import are_merged, by_head, family_of
from modules.contacts.folders import below, offered_folders
from modules.contacts.labels import TITLES, labels_of
from modules.contacts.mailings.tables import mailings as mailings
from modules.contacts.models import (
    INDIVIDUAL,
    LEGAL_ENTITY,
    SOLE_PROPRIETOR,
    SOURCE,
    STATUS,
    TAG,
    Allocation,
    Contact,
    Folder,
    Individual,
    Label,
    LegalEntity,
    OpenItem,
    Payment,
    Registered,
    SoleProprietor,
    contact_label,
)
from modules.contacts.money.adjustment_tables import adjustments
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.tables import (
    account_choices,
    accounts,
    expense_items,
    other_payments,
    revaluations,
    transfers,
)
from modules.contacts.overdue import DUE
from modules.contacts.penalties.tables import key_rates as key_rates
from modules.contacts.penalties.tables import penalties as penalties
from modules.contacts.queries import OPEN, is_open, of_item, of_modules_off
from modules.contacts.registers import Settlements
from modules.contacts.rules import IMPORTANCE
from modules.contacts.search import ContactSearch
from modules.contacts.work.tables import task_kinds as task_kinds
from modules.contacts.work.tables import tasks as tasks

#: lists of the money's own files
MONEY = (accounts, adjustments, expense_items, key_rates, other_payments, penalties, revaluations, transfers)
METHODS = {"bank": _l("Bank"), "cash": _l("Cash"), "card": _l("Card")}
DIRECTIONS = {"in": _l("Received"), "out": _l("Paid")}
_ACTIVE = Filter(
    "active",
    _l("Shown"),
    lambda value: Contact.is_active.is_(value != "no"),
    (("yes", _l("in use")), ("no", _l("no longer in use"))),
    default="yes",
)


def _word(which: str) -> Any:
    """The words of a list that a contact has, in one text."""
    words = func.aggregate_strings(Label.name, ", ")
    query = select(words).join(contact_label, contact_label.c.label_id == Label.id)
    return (
        query.where(contact_label.c.contact_id == Contact.id, Label.which == which).correlate(Contact).scalar_subquery()
    )


def _words_filter(which: str) -> Filter:
    def has(value: str) -> Any:
        having = select(contact_label.c.contact_id).where(contact_label.c.label_id == int(value))
        return Contact.id.in_(having)

    def offered(session: Session) -> list[tuple[str, object]]:
        return [(str(label.id), label.name) for label in labels_of(session, which)]

    return Filter(which, TITLES[which], has, offered)


_IMPORTANT = Filter(
    "importance", _l("Importance"), lambda value: Contact.importance == value, tuple(IMPORTANCE.items())
)

_IN_FOLDER = Filter(
    "folder",
    _l("Folder"),
    lambda value: Contact.folder_id.in_(below(int(value))) if value != "none" else Contact.folder_id.is_(None),
    lambda session: [*offered_folders(session), ("none", _l("in no folder"))],
)
_FOLDER = select(Folder.name).where(Folder.id == Contact.folder_id).correlate(Contact).scalar_subquery()


def _contacts(
    kind: str, model: type[Contact], title: object, empty: object, create: object, own: tuple[Column, ...]
) -> Table:
    return Table(
        name=f"contacts.{kind}",
        title=title,
        needs="contacts.contact.view",
        source=lambda session: select().select_from(model).outerjoin(User, User.id == Contact.responsible_id),
        key=model.id,
        columns=(
            Column("name", _l("Name"), model.name, link=Link("contacts.contact_view", contact_id="id"), headline=True),
            Column("code", _l("Code"), model.code),
            *own,
            Column("importance", _l("Importance"), model.importance, "state", choices=IMPORTANCE, sortable=False),
            Column("status", _l("Status"), _word(STATUS), sortable=False, nullable=True),
            Column("source", _l("Source"), _word(SOURCE), sortable=False, nullable=True, is_aside=True),
            Column("tags", _l("Tags"), _word(TAG), sortable=False, nullable=True, is_aside=True),
            Column("folder", _l("Folder"), _FOLDER, sortable=False, nullable=True, is_aside=True),
            Column("country", _l("Country"), model.country),
            Column("phone", _l("Phone"), model.phone, "phone", sortable=False),
            Column("email", _l("E-mail"), model.email, sortable=False),
            Column("responsible", _l("Responsible"), User.name, nullable=True),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="name",
        search=(FoundBy(ContactSearch),),
        filters=(_ACTIVE, _IN_FOLDER, _IMPORTANT, *map(_words_filter, (STATUS, TAG, SOURCE))),
        create="contacts.contact_new",
        create_needs="contacts.contact.edit",
        create_title=create,
        create_arguments={"kind": kind},
        empty=empty,
        custom=model,
    )


_CONTACT_PERSON = Column(
    "contact_person", _l("Contact person"), Registered.contact_person, nullable=True, sortable=False
)
legal_entities = _contacts(
    LEGAL_ENTITY,
    LegalEntity,
    _l("Legal entities"),
    _l("No company yet. Press Insert to add the first."),
    _l("New legal entity"),
    (_CONTACT_PERSON,),
)
sole_proprietors = _contacts(
    SOLE_PROPRIETOR,
    SoleProprietor,
    _l("Sole proprietors"),
    _l("No sole proprietor yet. Press Insert to add the first."),
    _l("New sole proprietor"),
    (_CONTACT_PERSON,),
)
individuals = _contacts(
    INDIVIDUAL,
    Individual,
    _l("Individuals"),
    _l("No person yet. Press Insert to add the first."),
    _l("New individual"),
    (),
)

labels = Table(
    name="contacts.label",
    title=_l("Words for contacts"),
    needs="contacts.contact.view",
    source=lambda session: select().select_from(Label),
    key=Label.id,
    columns=(
        Column("name", _l("Name"), Label.name, link=Link("contacts.label_edit", label_id="id"), headline=True),
        Column("which", _l("What"), Label.which, "state", choices=TITLES),
        Column("id", "", Label.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(Label.name),),
    filters=(Filter("which", _l("What"), lambda value: Label.which == value, tuple(TITLES.items())),),
    empty=_l("No words yet. Type one as the status, the source or a tag of a contact."),
    is_found=False,
)

payments = Table(
    name="contacts.payment",
    title=_l("Payments"),
    needs="contacts.payment.view",
    source=lambda session: select().select_from(Payment).outerjoin(MoneyAccount, MoneyAccount.id == Payment.account_id),
    key=Document.__table__.c.id,  # of the index by which journals are read
    columns=(
        Column(
            "number",
            _l("Number"),
            Payment.number,
            nullable=True,
            headline=True,
            link=Link("contacts.payment_view", document_id="id"),
        ),
        Column("moment", _l("Date"), Payment.moment, "moment"),
        Column("direction", _l("Direction"), Payment.direction, choices=DIRECTIONS),
        Column("summary", _l("Contact"), Payment.summary),
        Column("method", _l("Means of payment"), Payment.method, choices=METHODS),
        Column("account", _l("Account"), MoneyAccount.name, nullable=True, sortable=False),
        Column("amount", _l("Amount"), Payment.amount, "money", currency="currency", summed=("direction", "state")),
        Column("currency", _l("Currency"), Payment.currency),
        Column("state", _l("State"), Payment.state, "state"),
        Column("id", "", Payment.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(
        func.lower(Payment.number),
        func.lower(Payment.summary),
        FoundBy(ContactSearch, Payment.contact_id),
    ),
    filters=(
        Filter("direction", _l("Direction"), lambda value: Payment.direction == value, tuple(DIRECTIONS.items())),
        Filter("account", _l("Account"), lambda value: Payment.account_id == int(value), account_choices),
        state_filter(Payment),
        *period_filters(Payment.moment),
    ),
    create="contacts.payment_new",
    create_needs="contacts.payment.post",
    create_title=_l("Record a payment"),
    is_daily=True,
    empty=_l("No payment has been recorded yet."),
    custom=Payment,
)

allocations = Table(
    name="contacts.allocation",
    title=_l("Allocations"),
    needs="contacts.allocation.view",
    source=lambda session: select().select_from(Allocation),
    key=Document.__table__.c.id,
    columns=(
        Column(
            "number",
            _l("Number"),
            Allocation.number,
            nullable=True,
            headline=True,
            link=Link("contacts.allocation_view", document_id="id"),
        ),
        Column("moment", _l("Date"), Allocation.moment, "moment"),
        Column("summary", _l("Contact"), Allocation.summary),
        Column("amount", _l("Amount"), Allocation.amount, "money", currency="currency", summed=("state",)),
        Column("currency", _l("Currency"), Allocation.currency),
        Column("state", _l("State"), Allocation.state, "state"),
        Column("id", "", Allocation.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(
        func.lower(Allocation.number),
        func.lower(Allocation.summary),
        FoundBy(ContactSearch, Allocation.contact_id),
    ),
    filters=(state_filter(Allocation), *period_filters(Allocation.moment)),
    empty=_l("Nothing has been allocated yet. Payments settle open documents when they are recorded."),
    custom=Allocation,
)


_PAYMENT = str(Payment.__mapper_args__["polymorphic_identity"])


def _open_currencies(session: Session) -> list[tuple[str, object]]:
    """The currencies in which contacts that are open to the actor have something open."""
    query = select(OPEN.c.currency).select_from(OpenItem).join(Contact).join(OPEN, of_item(session)).where(is_open())
    return [(currency, currency) for currency in session.scalars(query.distinct().order_by(OPEN.c.currency))]


def open_items_of(contact_id: int | None = None, instead: Any = None, among: Collection[int] | None = None) -> Table:
    """Documents of which something is open, of a contact, `among` several or of all, as far as both are open to the actor."""

    def source(session: Session) -> Any:
        query = select().select_from(OpenItem).join(Contact).join(OPEN, of_item(session))
        query = query.join(Document, Document.id == OpenItem.document_id).where(is_open())
        if among is not None:
            query = query.where(OPEN.c.contact_id.in_(among))
        return query if contact_id is None else query.where(OPEN.c.contact_id.in_(family_of(session, contact_id)))

    kinds = {kind: m.class_.title for kind, m in Document.__mapper__.polymorphic_map.items()}
    whose = Column(
        "name", _l("Contact"), Contact.name, link=Link("contacts.open_items_of_contact", contact_id="contact_id")
    )
    return Table(
        name="contacts.open_item",
        title=_l("Open items"),
        needs="contacts.statement.view",
        source=source,
        key=OpenItem.id,
        columns=(
            Column(
                "number",
                _l("Number"),
                Document.number,
                headline=True,
                link=lambda row: document_address(row.kind, row.document_id),
            ),
            Column("kind", _l("Document"), Document.kind, choices=kinds, sortable=False),
            *([whose] if contact_id is None else []),
            Column("moment", _l("Date"), Document.moment, "moment"),
            Column("due", _l("Payment due"), OpenItem.due, "date", nullable=True),
            Column("amount", _l("Amount"), OpenItem.amount, "money", currency="currency"),
            Column("open", _l("Open (−: we owe)"), OPEN.c.amount, "money", currency="currency", summed=()),
            Column("currency", _l("Currency"), Document.currency),
            Column("document_id", "", OpenItem.document_id, hidden=True, sortable=False),
            Column("contact_id", "", OpenItem.contact_id, hidden=True, sortable=False),
        ),
        order="moment",
        search=(func.lower(Document.number), FoundBy(ContactSearch, OpenItem.contact_id)),
        filters=(
            Filter(
                "who",
                _l("Who owes"),
                lambda value: OPEN.c.amount > 0 if value == "them" else OPEN.c.amount < 0,
                (("them", _l("owe us")), ("us", _l("we owe"))),
                group="contacts.financial",
            ),
            Filter(
                "currency",
                _l("Currency"),
                lambda value: OPEN.c.currency == value,
                _open_currencies,
                group="contacts.financial",
            ),
            Filter(
                "kind",
                _l("Document"),
                lambda value: Document.kind == _PAYMENT if value == "payment" else Document.kind != _PAYMENT,
                (("payment", _l("payments")), ("other", _l("other documents"))),
            ),
            Filter(
                "dated",
                _l("Dated until"),
                lambda day: Document.moment <= datetime.combine(day, time.max),
                kind="date",
            ),
            Filter(
                "due_since",
                _l("Due since"),
                lambda day: day <= DUE,
                kind="date",
            ),
            Filter(
                "due",
                _l("Due until"),
                lambda day: day >= DUE,
                kind="date",
            ),
        ),
        empty=_l("Nothing is open."),
        missing=of_modules_off,
        is_found=False,
        instead=instead,
    )


@cache
def _of_all_kinds() -> Table:
    return open_items_of()


# What documents are called is known once every module is there.
open_items = open_items_of(instead=lambda _session: _of_all_kinds())

_totals = Settlements.balance.table


def _balances(stands: Any, instead: Any = None, until: datetime | None = None, closed: Any = None) -> Table:
    """What contacts owe, from the current totals or from what stands at the present moment, or at the moment `until`.

    `closed`: the contacts and currencies of which a past balance isn't said, as two of them would tell what a document came to
    that is closed to the reader.
    """
    at = (stands.c.contact_id == Contact.id,)
    amount = stands.c.amount
    if closed is not None:
        same = (closed.c.contact_id == Contact.id, closed.c.currency == stands.c.currency)
        amount = type_coerce(case((closed.c.contact_id.is_(None), amount)), Money)
    e = Settlements.entries.c
    moved = stands.c.get("last_moment")
    if moved is None:  # not what lies ahead
        last = select(func.max(e.moment)).where(e.contact_id == Contact.id, e.currency == stands.c.currency)
        moved = last.where(e.moment <= (until or wall_clock())).correlate(Contact, stands).scalar_subquery()

    def source(_session: Session) -> Any:
        query = select().select_from(Contact).join(stands, and_(*at)).where(stands.c.amount != 0)
        return query if closed is None else query.outerjoin(closed, and_(*same))

    return Table(
        name="contacts.balance",
        title=_l("Balances"),
        needs="contacts.statement.view",
        source=source,
        key=cast(Contact.id, String) + ":" + stands.c.currency,
        key_type=str,
        columns=(
            Column(
                "name",
                _l("Contact"),
                Contact.name,
                headline=True,
                link=Link("contacts.statement_view", contact_id="id"),
            ),
            Column("code", _l("Code"), Contact.code),
            Column(
                "amount",
                _l("Owes us (−: we owe)"),
                amount,
                "money",
                currency="currency",
                nullable=closed is not None,
                absent=MASKED,
                summed=() if closed is None else None,
            ),
            Column("currency", _l("Currency"), stands.c.currency),
            Column("moved", _l("Last movement"), moved, "moment", sortable=stands is _totals),
            Column("id", "", Contact.id, hidden=True, sortable=False),
        ),
        order="-amount",
        search=(FoundBy(ContactSearch),),
        filters=(
            Filter(
                "who",
                _l("Who owes"),
                lambda value: amount > 0 if value == "them" else amount < 0,
                (("them", _l("owe us")), ("us", _l("we owe"))),
            ),
        ),
        empty=_l("Nobody owes anybody anything."),
        is_found=False,
        instead=instead,
    )


def _balances_now(session: Session) -> Table | None:
    is_merged = are_merged(session)
    if not session.info["actor"].sees("contacts.financial") or not (
        is_merged or lies_ahead(session, Settlements.balance)
    ):
        return None  # whoever may not see what is owed is refused the list as ever
    stands = standing(session, Settlements.balance, by=("contact", "currency"))
    return _balances(by_head(stands, keys=("currency",)) if is_merged else stands)


balances = _balances(_totals, _balances_now)


def balances_at(session: Session, day: date) -> Table:
    """The same list as it stood at the end of a day; refused as ever to whoever may not see what is owed."""
    if not session.info["actor"].sees("contacts.financial"):
        return balances
    stood = standing(session, Settlements.balance, day, by=("contact", "currency"))
    stood = by_head(stood, keys=("currency",)) if are_merged(session) else stood
    until = datetime.combine(day, time.max)
    is_past = day < wall_clock().date()
    closed = closed_keys(session, Settlements.balance, until, by=("contact", "currency")) if is_past else None
    return _balances(stood, until=until, closed=closed)


def _find(session: Session, text: str, limit: int) -> list[dict[str, Any]]:
    hits = first_found(session, ContactSearch, text, limit, select(Contact.id).where(Contact.is_active))
    return [{"id": hit.id, "title": hit.name, "note": hit.code, "code": hit.code, "hit": hit} for hit in hits]


def _titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Contact.id, Contact.name, Contact.is_active).where(Contact.id.in_(ids)))
    return {row.id: called(row.name, is_active=row.is_active) for row in rows}


_NEW = tuple(
    Creates(title, "contacts.contact_new", "contacts.contact.edit", {"kind": kind})
    for kind, title in (
        (LEGAL_ENTITY, _l("New legal entity")),
        (SOLE_PROPRIETOR, _l("New sole proprietor")),
        (INDIVIDUAL, _l("New individual")),
    )
)
contact_lookup = Lookup("contacts", "contacts.contact.view", _find, _titles, creates=_NEW)
