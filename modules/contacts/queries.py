"""Reading contacts and what they owe."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document, documents_by_id
from app.api.errors import Invalid
from app.api.ledger import Line, Statement, first_closed, now, statement, turnover
from app.api.reference import organisation_id
from app.api.security import MASKED, Actor, PastPolicy, require
from app.api.texts import fold
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, from_units
from modules.contacts.closed_kinds import without_closed
from modules.contacts.families import family_of
from modules.contacts.models import INSTALMENTS, Allocation, AllocationLine, Contact, OpenItem
from modules.contacts.parties import contact_by_id
from modules.contacts.registers import ExchangeResults, Settlements
from modules.contacts.search import ContactSearch

_BOOKS = PastPolicy("whoever sees a document and what is owed may know what it was settled with")

#: what is open, by item
OPEN = Settlements.open_items.table
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 1)


def of_item(session: Session) -> ColumnElement[bool]:
    """Joins what is open to its item: by the whole key except for the currency, which follows from it."""
    own = OPEN.c.organisation_id == organisation_id(session)
    return and_(own, OPEN.c.contact_id == OpenItem.contact_id, OPEN.c.item_id == OpenItem.id)


def is_open() -> ColumnElement[bool]:
    """Whether anything is: in the words of the index of such rows."""
    return type_coerce(OPEN.c.amount, BigInteger) != literal_column("0")


def unpaid_documents(session: Session) -> Any:
    """The ids of documents of which something is open, of contacts that are open to the session's actor, to be asked within a
    query: its cost goes with what is open."""
    query = select(OpenItem.document_id).select_from(OpenItem).join(Contact, Contact.id == OpenItem.contact_id)
    return query.join(OPEN, of_item(session)).where(is_open())


# Selected from within, so that the policy holds each and nothing around it correlates with it.
_ITEMS = select(OpenItem.document_id, OpenItem.contact_id, OpenItem.id).subquery("items").c
_REST = (
    select(
        OPEN.c.organisation_id, OPEN.c.contact_id, OPEN.c.item_id, type_coerce(OPEN.c.amount, BigInteger).label("units")
    )
    .join_from(OPEN, Contact, Contact.id == OPEN.c.contact_id)
    .subquery("rest")
    .c
)


def left_to_pay(document: Any) -> ColumnElement[Any]:
    """What is open of each document of a model, in its currency and without a sign, as a column of a list; None of those that
    make no debt. A list closes it as `sees_open_items` says."""
    key = and_(_REST.organisation_id == document.organisation_id, _REST.contact_id == _ITEMS.contact_id)
    units = select(func.abs(func.sum(_REST.units))).where(
        _ITEMS.document_id == document.id, key, _REST.item_id == _ITEMS.id
    )
    return type_coerce(units.scalar_subquery(), Money)


def contact_by_code(session: Session, code: str) -> Contact | None:
    """The contact that people and files call `code`, when it is open to the session's actor."""
    return session.scalars(select(Contact).where(Contact.code == code)).first()


def contacts_called(session: Session, names: Collection[str]) -> dict[str, list[int]]:
    """Texts → the contacts that have them as their code; where none has, those that have them as their name. Only of contacts
    that are open to the session's actor; what nobody is called is left out."""
    by_code: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for some in pieces(dict.fromkeys(names)):
        for column, found in ((Contact.code, by_code), (Contact.name, by_name)):
            for name, number in session.execute(select(column, Contact.id).where(column.in_(some))):
                found.setdefault(name, []).append(number)
    return by_name | by_code


def statement_of(
    session: Session,
    contact_id: int,
    since: date | None = None,
    until: date | None = None,
    *,
    without_reversed: bool = False,
    contract: int | None = None,
) -> dict[str, Statement]:
    """The contact's statement by currency, for the days from `since` to `until`, both included.

    One for each currency in which anything has ever moved. A document has one line for what it did at a moment, and none where
    that comes to nothing: an allocation, what was reversed. `without_reversed` leaves out, too, what was reversed at another
    moment of these days. `contract`: what is under one, or with 0 under none. MASKED: what `without_closed` leaves out. Refused
    (Invalid): a first day after the last one.
    """
    contact_by_id(session, contact_id)
    family = dict.fromkeys(family_of(session, contact_id), contact_id)
    return statements_of(session, family, since, until, without_reversed=without_reversed, contract=contract)


def statements_of(
    session: Session,
    contacts: Mapping[int, int],
    since: date | None = None,
    until: date | None = None,
    *,
    without_reversed: bool = False,
    contract: int | None = None,
) -> dict[str, Statement]:
    """One statement of several contacts, of which each stands for another or itself: that is the `key` of its lines. Otherwise
    as `statement_of`."""
    require(session.info["actor"], "contacts.statement.view")
    family = list(contacts)
    if since and until and since > until:
        raise Invalid(_l("The first day is after the last one."))
    # No day before the first has anything, and the calendar has none before its own first.
    since, until = (min(max(day, FIRST_DAY), LAST_DAY) for day in (since or FIRST_DAY, until or LAST_DAY))
    where: dict[str, Any] = {"contact": family}
    totals = Settlements.balance
    if contract is not None:
        totals, where = Settlements.by_contract, {**where, "contract": contract}
    currencies = sorted(figure.key[0] for figure in now(session, totals, by=("currency",), where=where))
    found = {
        c: statement(session, totals, since, until, where={**where, "currency": c}, by=("contact",)) for c in currencies
    }
    shown = {c: _by_document(whole, contacts, without_reversed=without_reversed) for c, whole in found.items()}
    return {
        currency: without_closed(session, each, since, until, contact=family, currency=currency)
        for currency, each in shown.items()
    }


def turnovers_of(found: Statement) -> tuple[Any, Any]:
    """What the lines of a statement come to: debit and credit, both above zero; MASKED where a line is."""
    amounts = [line.amounts["amount"] for line in found.lines]
    if MASKED in amounts:
        return MASKED, MASKED
    return sum((a for a in amounts if a > 0), Decimal(0)), sum((-a for a in amounts if a < 0), Decimal(0))


@dataclass(frozen=True, slots=True)
class OfContract:
    """What moved under one contract in one currency over a period; `contract` is 0 for what is under none."""

    contract: int
    currency: str
    opening: Any
    debit: Any
    credit: Any
    closing: Any


def turnovers_by_contract(
    session: Session, contact_id: int, since: date | None, until: date | None
) -> list[OfContract]:
    """A contact's turnovers by contract and currency, as far as anything stood or moved. Empty where nothing is under a
    contract; also where documents of a kind that is closed to the session's actor are among them, as sums would tell what those
    came to."""
    require(session.info["actor"], "contacts.statement.view")
    since, until = (min(max(day, FIRST_DAY), LAST_DAY) for day in (since or FIRST_DAY, until or LAST_DAY))
    where = {"contact": family_of(session, contact_id)}
    if since > until or first_closed(session, Settlements.balance, where=where) is not None:
        return []
    rows = turnover(session, Settlements.by_contract, since, until, by=("contract", "currency"), where=where)
    found = [
        OfContract(*row.key, *(each["amount"] for each in (row.opening, row.taken_in, row.given_out, row.closing)))
        for row in rows
    ]
    return found if any(each.contract for each in found) else []


def _by_document(found: Statement, contacts: Mapping[int, int], *, without_reversed: bool) -> Statement:
    """The statement with what a document did with a contact at a moment in one line, where the first of it was; none where no
    amount is left. Rates may have changed the base all the same, as the closing figures say. Balances are of the lines that are
    there."""
    together: dict[tuple[Any, ...], Line] = {}
    for line in found.lines:
        key = (line.moment, line.document_id, line.cause_id, contacts[line.key[0]])
        first = together.get(key)
        together[key] = line if first is None else replace(first, amounts=_sum(first.amounts, line.amounts))
    left_out = _cancelled(together.values()) if without_reversed else set()
    lines, balance = [], found.opening
    for (*_document, whose), line in together.items():
        if line.document_id in left_out:
            continue
        balance = _sum(balance, line.amounts)
        if line.amounts["amount"]:
            lines.append(replace(line, balance=balance, key=(whose,)))
    return Statement(found.opening, lines, found.closing)


def _cancelled(lines: Iterable[Line]) -> set[int]:
    """The documents that were reversed, and of which nothing is left in these lines."""
    left: dict[int, Any] = {}
    for line in lines:
        amount = line.amounts["amount"]
        if line.state == "reversed" and amount is not MASKED:
            left[line.document_id] = left.get(line.document_id, 0) + amount
    return {document for document, amount in left.items() if not amount}


def _sum(some: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is MASKED else value + others[name] for name, value in some.items()}


def namesakes_of(session: Session, contact: Contact) -> list[int]:
    """Other contacts of the same name, whatever its case and accents, as far as they are open to the session's actor."""
    alike = select(ContactSearch.record_id).where(ContactSearch.name == fold(contact.name))
    return list(session.scalars(alike.where(ContactSearch.record_id != contact.id).limit(200)))


def balances_of(session: Session, contact_id: int) -> dict[str, object]:
    """What the contact owes now, by currency."""
    require(session.info["actor"], "contacts.statement.view")
    figures = now(session, Settlements.balance, by=("currency",), where={"contact": family_of(session, contact_id)})
    return {figure.key[0]: figure.amounts["amount"] for figure in figures}


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document of which something is open. Amounts are above zero where the contact owes us."""

    document_id: int
    contact_id: int
    number: str
    kind: str
    moment: datetime
    #: when it is to be paid; None: at once
    due: date | None
    currency: str
    #: what it came to
    amount: Decimal
    open: Decimal
    #: the contract that it is under
    contract_id: int | None = None


class OpenDocuments(list[OpenDocument]):
    """Open documents, the oldest first. `is_cut`: there are more than were asked for."""

    is_cut = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What one document settled of another. A document that the actor may not see has no number here."""

    document_id: int
    number: str
    kind: str
    #: when it was settled
    moment: datetime
    #: above zero, in the currency of both; MASKED where the document's kind is closed to the actor, as it would tell its total
    amount: Any
    #: the allocation that did it; None: one of the two, when it was posted
    allocation_id: int | None


def sees_open_items(actor: Actor) -> bool:
    """Whether the actor may know what is open."""
    return actor.may("contacts.statement.view") and actor.sees("contacts.financial")


def open_of(session: Session, document_ids: Collection[int]) -> dict[int, Decimal]:
    """What is open of each document, in its currency and without a sign; documents that make no debt are left out.

    Empty for whoever may not see statements and what is owed.
    """
    if not document_ids or not sees_open_items(session.info["actor"]):
        return {}
    amount = func.coalesce(func.sum(type_coerce(OPEN.c.amount, BigInteger)), 0)
    query = select(OpenItem.document_id, cast(amount, BigInteger)).select_from(OpenItem).join(Contact)
    query = query.outerjoin(OPEN, of_item(session)).where(OpenItem.document_id.in_(document_ids))
    rows = session.execute(query.group_by(OpenItem.document_id))
    return {document: abs(from_units(units, Money.scale)) for document, units in rows}


def open_items_of(
    session: Session, contact_id: int, currency: str | None = None, *, sign: int = 0, limit: int = 1000
) -> OpenDocuments:
    """The documents of a contact of which something is open, the oldest first: at most `limit`, of those the actor may see.
    `sign`: 1 for what the contact owes us, -1 for what we owe; 0 for both.

    Empty for whoever may not see statements and what is owed.
    """
    return open_items_among(session, family_of(session, contact_id), currency, sign=sign, limit=limit)


def open_items_among(
    session: Session,
    contacts: Collection[int],
    currency: str | None = None,
    *,
    sign: int = 0,
    limit: int,
    documents: Collection[int] | None = None,
    named: Collection[str] | None = None,
) -> OpenDocuments:
    """The same of several contacts. A document that is due in parts counts once, and comes with all its parts. Only those of
    `documents`, where given, and those whose number ends in one of the words `named`."""
    if not sees_open_items(session.info["actor"]):
        return OpenDocuments()
    asked = _asked(contacts, currency, sign)
    if documents is not None:
        asked.append(Document.id.in_(documents))
    if named is not None:
        words = {form for word in named for form in (word, word.upper())}
        asked.append(or_(false(), *(Document.number.endswith(word, autoescape=True) for word in sorted(words))))
    due = func.coalesce(OpenItem.due, func.date(Document.moment))
    oldest = _of_open_items(session, asked, OpenItem.document_id).group_by(OpenItem.document_id, Document.moment)
    oldest = oldest.order_by(func.min(due), Document.moment, func.min(OpenItem.id)).limit(limit + 1)
    query = _of_open_items(
        session,
        asked,
        Document.id,
        OpenItem.contact_id,
        Document.number,
        Document.kind,
        Document.moment,
        OpenItem.due,
        Document.currency,
        OpenItem.amount,
        OPEN.c.amount.label("open"),
        OpenItem.contract_id,
    ).where(OpenItem.document_id.in_(oldest))
    found: dict[int, OpenDocument] = {}
    for row in session.execute(query.order_by(due, Document.moment, OpenItem.id)):
        part, known = OpenDocument(*row), found.get(row.id)
        # Of one that is paid in parts: what is open of all of them, due with the first.
        if known is not None:
            part = replace(known, amount=known.amount + part.amount, open=known.open + part.open)
        found[row.id] = part
    documents_found = OpenDocuments(list(found.values())[:limit])
    documents_found.is_cut = len(found) > limit
    return documents_found


def open_sums(
    session: Session,
    contacts: Collection[int],
    currency: str | None = None,
    *,
    sign: int = 0,
    contract_id: int | None = None,
) -> dict[str, Decimal]:
    """What is open of contacts by currency, of all documents that the actor may see; of one contract, where given. Above zero
    is owed to us. Empty for whoever may not see statements and what is owed."""
    if not sees_open_items(session.info["actor"]):
        return {}
    asked = _asked(contacts, currency, sign)
    if contract_id is not None:
        asked.append(OpenItem.contract_id == contract_id)
    amount = cast(func.sum(type_coerce(OPEN.c.amount, BigInteger)), BigInteger)
    query = _of_open_items(session, asked, OPEN.c.currency, amount).group_by(OPEN.c.currency).order_by(OPEN.c.currency)
    return {code: from_units(units, Money.scale) for code, units in session.execute(query)}


def _asked(contacts: Collection[int], currency: str | None, sign: int) -> list[ColumnElement[bool]]:
    asked = [OPEN.c.contact_id.in_(contacts), is_open()]
    if currency is not None:
        asked.append(OPEN.c.currency == currency)
    if sign:
        asked.append(type_coerce(OPEN.c.amount, BigInteger) * sign > 0)
    return asked


def _of_open_items(session: Session, asked: Sequence[ColumnElement[bool]], *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(OpenItem).join(Contact).join(OPEN, of_item(session))
    return query.join(Document, Document.id == OpenItem.document_id).where(*asked)


def of_modules_off(session: Session) -> object:
    """What is said above lists of open documents where some are missing, as the modules that made them are off: what is owed
    for them stays in the balances. Empty where none is, and for whoever may not see what is owed."""
    actor = session.info["actor"]
    off = [kind for kind in Document.__mapper__.polymorphic_map if f"{kind}.view" in actor.dormant]
    if not off or not sees_open_items(actor):
        return ""
    item, document = OpenItem.__table__, Document.__table__.c
    query = select(document.kind).join_from(item, Document.__table__, document.id == item.c.document_id)
    query = query.join(OPEN, of_item(session))
    kinds = set(_BOOKS(session).scalars(query.where(document.kind.in_(off), is_open()).distinct()))
    if not kinds:
        return ""
    titles = sorted(str(Document.__mapper__.polymorphic_map[kind].class_.title) for kind in kinds)
    return _l(
        "What modules made that are switched off isn't listed here: %(kinds)s. What is owed for it stays in the balances.",
        kinds=", ".join(titles),
    )


def open_ways(session: Session, contact_id: int) -> list[tuple[str, str]]:
    """Which payments a contact's open documents wait for, of those the actor may see: `in` or `out`, and the currency."""
    if not sees_open_items(session.info["actor"]):
        return []
    is_owed = type_coerce(OPEN.c.amount, BigInteger) > 0
    asked = _asked(family_of(session, contact_id), None, 0)
    query = _of_open_items(session, asked, is_owed.label("is_owed"), OPEN.c.currency).distinct()
    return sorted(("in" if row.is_owed else "out", row.currency) for row in session.execute(query))


def allocations_of(session: Session, document_id: int) -> list[Settled]:
    """What settled a document, or what it settled, the earliest first; what was moved back is left out.

    Empty for whoever may not see the document, or not what is owed.
    """
    if not sees_open_items(session.info["actor"]) or not documents_by_id(session, {document_id}):
        return []
    line, item, document, allocation = (m.__table__ for m in (AllocationLine, OpenItem, Document, Allocation))
    own = select(item.c.id).where(item.c.document_id == document_id)
    query = (
        select(
            *(line.c.document_id, line.c.from_item_id, line.c.to_item_id, line.c.amount),
            *(document.c.moment, document.c.kind, allocation.c.released_id),
        )
        .join_from(line, document, document.c.id == line.c.document_id)
        .outerjoin(allocation, allocation.c.id == line.c.document_id)
        .where(or_(line.c.from_item_id.in_(own), line.c.to_item_id.in_(own)), document.c.state == "posted")
        .order_by(document.c.moment, line.c.document_id, line.c.line)
    )
    rows = _BOOKS(session).execute(query).all()  # whoever sees the document may know what it was settled with
    back = {(row.to_item_id, row.from_item_id) for row in rows if row.released_id is not None}
    kept = [
        row
        for row in rows
        if row.released_id is None
        and (row.kind == "contacts.allocation" or (row.from_item_id, row.to_item_id) not in back)
    ]
    others = {row: _other(row, document_id) for row in kept}
    known, kinds = documents_by_id(session, set(others.values())), _kinds_of(session, set(others.values()))
    closed = {i for i, kind in kinds.items() if Document.is_closed(session.info["actor"], kind)}
    return [_settled(row, other, known.get(other), is_closed=other in closed) for row, other in others.items()]


def exchange_result_of(session: Session, document_id: int) -> Decimal:
    """What was gained (above zero) or lost on rates by a document that settled others, in the organisation's own currency.

    Zero for whoever may not see what is owed.
    """
    if not sees_open_items(session.info["actor"]):
        return Decimal(0)
    r = ExchangeResults.entries.c
    units = select(func.coalesce(func.sum(type_coerce(r.base, BigInteger)), 0)).where(r.document_id == document_id)
    return from_units(int(_BOOKS(session).execute(units).scalar_one()), Money.scale)


def _kinds_of(session: Session, ids: set[int]) -> dict[int, str]:
    """The kinds of documents, whoever may see these."""
    document = Document.__table__
    if session.info["actor"].is_system or not ids:
        return {}
    query = select(document.c.id, document.c.kind).where(document.c.id.in_(ids))
    return {row.id: row.kind for row in _BOOKS(session).execute(query)}


def _other(row: Any, document_id: int) -> int:
    source, target = row.from_item_id // INSTALMENTS, row.to_item_id // INSTALMENTS
    return int(target if source == document_id else source)


def _settled(row: Any, other: int, known: Document | None, *, is_closed: bool) -> Settled:
    number, kind = ("", "") if known is None else (known.number or "", known.kind)
    allocation = row.document_id if row.kind == "contacts.allocation" else None
    return Settled(other, number, kind, row.moment, MASKED if is_closed else row.amount, allocation)


def open_document(session: Session, document_id: int | None) -> OpenDocument | None:
    """What is open of a document, as far as the session's actor may see it; None where nothing is."""
    if document_id is None or (item := session.get(OpenItem, document_id * INSTALMENTS)) is None:
        return None
    family = family_of(session, item.contact_id)
    return next(iter(open_items_among(session, family, documents=[document_id], limit=1)), None)
