"""Moving amounts between open items: as a document of its own, and back, before a document is reversed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, delete, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.clock import wall_clock
from app.api.custom import said_alike, set_custom
from app.api.documents import Document, NoLongerFits, SentBefore, locked, post, reverse, written_before
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency, organisation_id
from app.api.security import SYSTEM, Actor, PastPolicy, require, unrestricted
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import Money, digits_of, from_units
from modules.contacts.models import INSTALMENTS, Allocation, AllocationLine, OpenItem
from modules.contacts.parties import parties_by_id
from modules.contacts.registers import ExchangeResults, Settlements
from modules.contacts.rules import Item, check_dated, check_open, check_opposite, check_part, same_rate, within
from modules.contacts.settling import Books, enter, enter_result, items_by_id, lines_of, require_sight

_BOOKS = PastPolicy("allocations stand and fall with their documents, whoever may see these")

_KIND = "contacts.allocation"
_LINE, _DOCUMENT, _ITEM = AllocationLine.__table__.c, Document.__table__.c, OpenItem.__table__.c
_ITEMS_OF = select(_ITEM.id).where(_ITEM.document_id == bindparam("document")).order_by(_ITEM.id)
_TOTAL = Settlements.open_items.table.c
#: What a document made, and what is open of it, in units.
_MADE = select(
    _ITEM.contact_id,
    type_coerce(_ITEM.amount, BigInteger).label("amount"),
    type_coerce(_ITEM.base, BigInteger).label("base"),
).where(_ITEM.id == bindparam("item"))
_STANDING = select(
    _TOTAL.contact_id,
    _TOTAL.currency,
    type_coerce(_TOTAL.amount, BigInteger).label("amount"),
    type_coerce(_TOTAL.base, BigInteger).label("base"),
).where(_TOTAL.item_id == bindparam("item"))
_EARLIEST = select(func.min(_DOCUMENT.moment)).where(_DOCUMENT.id.in_(bindparam("documents", expanding=True)))
#: What posted documents move from or to some items, the latest document first.
_LINES_ON = (
    select(
        _LINE.document_id,
        _LINE.line,
        _LINE.from_item_id,
        _LINE.to_item_id,
        type_coerce(_LINE.amount, BigInteger).label("amount"),
        _DOCUMENT.kind,
        Allocation.__table__.c.released_id,
    )
    .join_from(AllocationLine.__table__, Document.__table__, _DOCUMENT.id == _LINE.document_id)
    .outerjoin(Allocation.__table__, Allocation.__table__.c.id == _LINE.document_id)
    .where(
        or_(
            _LINE.from_item_id.in_(bindparam("items", expanding=True)),
            _LINE.to_item_id.in_(bindparam("items", expanding=True)),
        ),
        _DOCUMENT.state == "posted",
    )
    .order_by(_LINE.document_id.desc(), _LINE.line)
)


@dataclass(frozen=True, slots=True)
class AllocationLineDraft:
    """An amount (above zero, in the currency of both) from the document that pays to the one that is paid."""

    from_id: int
    to_id: int
    amount: Decimal


def allocate(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    lines: Sequence[AllocationLineDraft],
    moment: datetime | None = None,
    note: str = "",
    operation_id: str | None = None,
    custom: Mapping[str, Any] | None = None,
) -> Allocation:
    """Record and post an allocation: amounts go from open items of a contact to others owed in the other direction.

    Each at the base that it carries; the difference is an exchange result. `custom` is what it says in its custom fields.
    Refused: no lines, an amount that is not above zero
    or goes past zero on either side, documents of another contact or of two currencies, a moment before either document's, a
    closed period, a contact outside the actor's scope. The same `operation_id` again gives the allocation that is there
    already, and is refused (SentBefore) when it says something else.
    """
    require(actor, f"{_KIND}.post")
    contact = parties_by_id(session, {contact_id})[contact_id]
    if (made := written_before(session, Allocation, None, operation_id)) is not None:
        if not _says(session, made, contact_id, lines, moment, note) or not said_alike(custom, made.custom):
            raise SentBefore(made)
        return made
    require_sight(session, actor, [i for line in lines for i in (line.from_id, line.to_id)])
    if not lines:
        raise Invalid(_l("Type how much to allocate."), field="lines")
    document = Allocation(
        organisation_id=organisation_id(session),
        contact_id=contact_id,
        moment=moment or wall_clock(),
        is_dated=moment is not None,
        currency=_currency_of(session, lines[0].from_id),
        amount=sum((line.amount for line in lines if Money.holds(line.amount)), Decimal(0)),
        responsible_id=contact.responsible_id,
        summary=contact.name,
        note=note,
        operation_id=operation_id,
        links=[],
    )
    set_custom(session, actor, {document: custom}, is_new=True)
    post(session, actor, [document], lambda posting, _documents: _move(posting, document, lines))
    return document


def reverse_allocation(session: Session, actor: Actor, document_id: int) -> Allocation:
    """Reverse a posted allocation: both items stand as they did before it.

    Refused (Conflict): one that moved back what was paid of a document that is reversed; it goes with its payment.
    """
    document = locked(session, Allocation, document_id)
    if document.released_id is not None:
        raise Conflict(_l("It was made as another document was reversed; it can't be reversed by itself."))
    reverse(session, actor, document)
    return document


def release(session: Session, actor: Actor, document: Document) -> None:
    """Undo what is allocated to or from a document, the latest first, before it is reversed.

    Allocations are reversed; what others settled of it when they were posted goes back to their own items by allocations that
    the program makes. Whoever may reverse the document may thereby do so: `actor` needs no right to allocations.
    """
    items = list(_BOOKS(session).scalars(_ITEMS_OF, {"document": document.id}))
    if not items:
        return
    posting = Posting(session, [document])
    _hold(posting, items_by_id(session, items).values())
    found = list(_BOOKS(session).execute(_LINES_ON, {"items": items}))
    found = [row for row in found if row.document_id != document.id]
    done = {row.to_item_id for row in found if row.released_id == document.id}
    _hold(posting, items_by_id(session, {i for row in found for i in (row.from_item_id, row.to_item_id)}).values())
    for (document_id, kind), group in groupby(found, key=lambda row: (row.document_id, row.kind)):
        lines = [row for row in group if row.released_id != document.id]
        if kind != _KIND:
            if lines := [row for row in lines if row.from_item_id not in done]:
                _move_back(session, posting, document, lines)
        elif lines:
            with unrestricted(session, "allocations go with the document that is reversed"):
                reverse(session, SYSTEM, locked(session, Allocation, document_id))


def forget_lines(session: Session, document: Document) -> None:
    """Forget what a document settled of others as it was posted: its entries are about to be reversed and written again."""
    _BOOKS(session).execute(delete(AllocationLine).where(_LINE.document_id == document.id))


def refuse_unfit(session: Session, document: Document) -> None:
    """Refuse (NoLongerFits) a corrected document that others have settled, or that pays others, where these are of another
    contact or currency, or dated before it; where more is settled than it comes to; where some is settled, and its rate is
    another now: what is left would not carry what it is worth.
    """
    items = list(_BOOKS(session).scalars(_ITEMS_OF, {"document": document.id}))
    rows = list(_BOOKS(session).execute(_LINES_ON, {"items": items})) if items else []
    if not (others := {row.document_id for row in rows} - {document.id}):
        return
    too_early = _BOOKS(session).scalar(_EARLIEST, {"documents": sorted(others)}) < document.moment
    for item in items:
        if (why := _why_unfit(session, document, item, rows, too_early=too_early)) is not None:
            raise NoLongerFits(settlers_of(session, document.id), why)


def _why_unfit(session: Session, document: Document, item_id: int, rows: Sequence[Any], *, too_early: bool) -> Any:
    """Why an item of a corrected document isn't what others have settled of it; None: it is."""
    item = _BOOKS(session).execute(_MADE, {"item": item_id}).one()
    stands = _BOOKS(session).execute(_STANDING, {"item": item_id}).all()
    step = 10 ** (Money.scale - digits_of(base_currency(session)))
    if [(s.contact_id, s.currency) for s in stands if s.amount or s.base] not in (
        [],
        [(item.contact_id, document.currency)],
    ):
        return _l("It is of another contact or currency.")
    if too_early:
        return _l("It has an earlier date.")
    amount, base = (sum(getattr(s, name) for s in stands) for name in ("amount", "base"))
    if not within(amount, item.amount):
        settled, comes_to = (
            money(from_units(abs(units), Money.scale), document.currency)
            for units in (item.amount - amount, item.amount)
        )
        return _l("%(settled)s is settled; this would come to %(amount)s.", settled=settled, amount=comes_to)
    if not same_rate(amount, base, item.amount, item.base, coins=(len(rows) + 1) * step):
        return _l("It was settled at another exchange rate.")
    return None


def allocations_among(session: Session, documents: Collection[int]) -> set[int]:
    """The allocations that move amounts between open items of these documents alone."""
    ends = [aliased(OpenItem.__table__), aliased(OpenItem.__table__)]
    both = and_(*(end.c.document_id.in_(documents) for end in ends))
    query = (
        select(_LINE.document_id)
        .join(Allocation.__table__, Allocation.__table__.c.id == _LINE.document_id)
        .join(ends[0], ends[0].c.id == _LINE.from_item_id)
        .join(ends[1], ends[1].c.id == _LINE.to_item_id)
        .group_by(_LINE.document_id)
        .having(func.sum(case((both, 0), else_=1)) == 0)
    )
    return set(_BOOKS(session).scalars(query))


def settlers_of(session: Session, document_id: int) -> list[str]:
    """Numbers of the posted documents that settled some of this one, or that it settled, whoever may see them."""
    items = list(_BOOKS(session).scalars(_ITEMS_OF, {"document": document_id}))
    if not items:
        return []
    rows = list(_BOOKS(session).execute(_LINES_ON, {"items": items}))
    done = {(row.to_item_id, row.from_item_id) for row in rows if row.released_id is not None}
    others = {row.document_id for row in rows if (row.from_item_id, row.to_item_id) not in done} - {document_id}
    own = {i for row in rows if row.document_id == document_id for i in (row.from_item_id, row.to_item_id)} - set(items)
    wanted = others | {item // INSTALMENTS for item in own}
    query = select(_DOCUMENT.number).where(_DOCUMENT.id.in_(wanted)).order_by(_DOCUMENT.number)
    return [str(number) for number in _BOOKS(session).scalars(query)]


def _move(posting: Posting, document: Allocation, lines: Sequence[AllocationLineDraft]) -> None:
    """The two entries of each line, on the side of the one that pays, so that neither counts as a turnover."""
    books, contact_id, currency = Books(posting), document.contact_id, document.currency
    books.read(i for line in lines for i in (line.from_id, line.to_id))
    ends = [tuple(books.items_of(i, contact_id, currency) for i in (line.from_id, line.to_id)) for line in lines]
    books.hold((item for pair in ends for items in pair for item in items), currency)
    for n, (source, target, part) in enumerate(_pairs(books, ends, lines, currency), 1):
        paying, paid = books.open(source), books.open(target)
        side = 1 if paying.amount > 0 else -1
        for item, standing in ((source, paying), (target, paid)):
            check_dated(item, document.moment)
            check_open(item, standing, part)
        check_opposite(target, paid, side)
        theirs, ours = paid.base_of(part, books.step), paying.base_of(part, books.step)
        paid.take(part, theirs)
        paying.take(part, ours)
        _insert_line(posting, document, n, source.id, target.id, part)
        enter(posting, document, n, source, side, -side * part, -ours)
        enter(posting, document, n, target, side, side * part, -theirs)
        enter_result(posting, document, n, target, -theirs - ours)


def _pairs(
    books: Books, ends: Sequence[tuple[list[Item], ...]], lines: Sequence[AllocationLineDraft], currency: str
) -> Iterator[tuple[Item, Item, int]]:
    """What goes from which item to which, in units: a document that is paid in parts has several, and the earliest due comes
    first."""
    for (sources, targets), line in zip(ends, lines, strict=True):
        for target, some in books.spread(targets, check_part(line.amount, currency)):
            for source, part in books.spread(sources, some):
                yield source, target, part


def _move_back(session: Session, posting: Posting, document: Document, lines: Sequence[Any]) -> None:
    """What a document settled of `document` when it was posted goes back to its own item, at what it was worth there."""
    items = items_by_id(session, {i for row in lines for i in (row.from_item_id, row.to_item_id)})
    payer = items[lines[0].from_item_id]
    query = select(_DOCUMENT.responsible_id, _DOCUMENT.summary).where(_DOCUMENT.id == payer.document_id)
    of_payer = _BOOKS(session).execute(query).one()
    back = Allocation(
        organisation_id=posting.organisation_id,
        contact_id=payer.contact_id,
        moment=posting.open_moment(max(item.moment for item in items.values())),
        currency=payer.currency,
        amount=from_units(sum(row.amount for row in lines), Money.scale),
        responsible_id=of_payer.responsible_id,
        summary=of_payer.summary,
        released_id=document.id,
        links=[],
    )

    def move(posting: Posting, _documents: Sequence[Allocation]) -> None:
        for n, row in enumerate(lines, 1):
            entry = _entry(session, row)
            payer, paid = items[row.from_item_id], items[row.to_item_id]
            _insert_line(posting, back, n, paid.id, payer.id, row.amount)
            enter(posting, back, n, paid, entry.side, -entry.amount, -entry.base)
            enter(posting, back, n, payer, entry.side, entry.amount, entry.base - entry.result)
            enter_result(posting, back, n, paid, -entry.result, side=1 if entry.result > 0 else -1)

    post(session, SYSTEM, [back], move)


def _entry(session: Session, row: Any) -> Any:
    """Side, amount, base and exchange result, in units, of what a line settled."""
    e, r = Settlements.entries.c, ExchangeResults.entries.c
    result = select(func.coalesce(func.sum(type_coerce(r.base, BigInteger)), 0)).where(
        r.document_id == row.document_id, r.line == row.line
    )
    query = select(
        e.side,
        type_coerce(e.amount, BigInteger).label("amount"),
        type_coerce(e.base, BigInteger).label("base"),
        result.scalar_subquery().label("result"),
    )
    entry = _BOOKS(session).execute(query.where(e.document_id == row.document_id, e.line == row.line)).one()
    return _Entry(entry.side, entry.amount, entry.base, int(entry.result))


@dataclass(frozen=True, slots=True)
class _Entry:
    side: int
    amount: int
    base: int
    result: int


def _insert_line(posting: Posting, document: Document, line: int, source: int, target: int, amount: int) -> None:
    row = {"document_id": document.id, "line": line, "from_item_id": source, "to_item_id": target, "amount": amount}
    posting.insert(AllocationLine.__table__, row)


def _hold(posting: Posting, items: Iterable[Item]) -> None:
    posting.hold(Settlements.open_items, {(item.contact_id, item.id, item.currency) for item in items})


def hold_lines(posting: Posting, document: Allocation) -> None:
    query = select(_LINE.from_item_id, _LINE.to_item_id).where(_LINE.document_id == document.id)
    found = {item for row in _BOOKS(posting.session).execute(query) for item in row}
    _hold(posting, items_by_id(posting.session, found).values())


def _currency_of(session: Session, document_id: int) -> str:
    """The currency of what pays; whether it may be allocated is checked when that is held."""
    query = select(_DOCUMENT.currency).where(_DOCUMENT.id == document_id)
    return str(_BOOKS(session).scalar(query) or "")


def _says(
    session: Session,
    made: Allocation,
    contact_id: int,
    lines: Sequence[AllocationLineDraft],
    moment: datetime | None,
    note: str,
) -> bool:
    """Whether an allocation is what was sent again."""
    same_moment = moment is None or moment == made.moment
    sent = sorted((line.from_id, line.to_id, line.amount) for line in lines)
    return (made.contact_id, made.note, same_moment) == (contact_id, note, True) and sent == lines_of(session, made.id)
