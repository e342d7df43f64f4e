"""Debts on their way into the ledger, and what each settles of others as it is posted (docs/adr/0015)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, documents_by_id
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.ledger import Posting
from app.api.reference import base_currency
from app.api.security import Actor, PastPolicy, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import Money, digits_of, from_units, to_units
from modules.contacts.contracts import check_contract, check_in_force, parts_for
from modules.contacts.families import merged_with
from modules.contacts.instalments import Instalment, in_parts
from modules.contacts.models import INSTALMENTS, AllocationLine, OpenItem
from modules.contacts.registers import ExchangeResults, Settlements
from modules.contacts.rules import Item, Standing, check_dated, check_open, check_opposite, check_part

_BOOKS = PastPolicy("open items are settled in their order, whoever may see their documents")

#: so many open items are read at once, the oldest first
_TOGETHER = 50
#: contact, open item, currency: the key of what is open
Key = tuple[int, int, str]

_ITEM, _DOCUMENT, _OPEN = OpenItem.__table__.c, Document.__table__.c, Settlements.open_items.table.c
_UNITS = type_coerce(_OPEN.amount, BigInteger)
_ITEMS = select(
    _ITEM.id,
    _ITEM.document_id,
    _ITEM.contact_id,
    _DOCUMENT.currency,
    _DOCUMENT.number,
    _DOCUMENT.moment,
    _ITEM.due,
    _ITEM.contract_id,
).join_from(OpenItem.__table__, Document.__table__, _DOCUMENT.id == _ITEM.document_id)
_OF_DOCUMENTS = _ITEMS.where(
    _DOCUMENT.organisation_id == bindparam("organisation"),
    _ITEM.document_id.in_(bindparam("documents", expanding=True)),
).order_by(_ITEM.id)
_FAMILY = merged_with(bindparam("contact", type_=BigInteger))
_BY_ID = _ITEMS.where(_ITEM.id.in_(bindparam("items", expanding=True)))
#: What a contact's documents of one sign left open: by the partial index of what is not zero.
_OLDEST = (
    _ITEMS.add_columns(_UNITS.label("open"))
    .join(Settlements.open_items.table, _OPEN.item_id == _ITEM.id)
    .where(
        _OPEN.organisation_id == bindparam("organisation"),
        _OPEN.contact_id.in_(_FAMILY),
        _OPEN.currency == bindparam("currency"),
        type_coerce(_OPEN.amount, BigInteger) != literal_column("0"),  # in the words of the partial index
        _UNITS * bindparam("sign", type_=BigInteger) < 0,
        _DOCUMENT.moment <= bindparam("moment"),
        # of one contract, where the document is under one
        or_(
            bindparam("contract", type_=BigInteger) == literal_column("0"),
            _ITEM.contract_id == bindparam("contract", type_=BigInteger),
        ),
    )
    .order_by(func.coalesce(_ITEM.due, func.date(_DOCUMENT.moment)), _DOCUMENT.moment, _ITEM.id)
    .limit(_TOGETHER)
)
#: asked by the same journey as what is held, and answered once that is
_MOMENTS = "SELECT id, moment FROM core_document WHERE id = ANY(?)"
_NEXT_OLDEST = _OLDEST.where(_ITEM.id.not_in(bindparam("seen", expanding=True)))


@dataclass(frozen=True, slots=True)
class Debt:
    """What a document makes a contact owe us, or below zero us owe the contact, and what it settles at once.

    It settles what is owed in the other direction, of the same contact and currency and of documents dated no later; the rest
    stays open on its own item.
    """

    document: Document
    contact_id: int
    #: in the document's currency
    amount: Decimal
    #: the same in the organisation's own, at the document's rate
    base: Decimal
    #: when it is to be paid; None: at once
    due: date | None = None
    #: documents that it settles first, each as far as that is open: a return lessens its sale
    against: Sequence[int] = ()
    #: documents that it settles, each by an amount above zero; refused where that is not open
    pays: Sequence[tuple[int, Decimal]] = ()
    #: whether what is left settles what has been open the longest: of the same contract, where it is under one
    oldest_first: bool = False
    #: the contract that it is under
    contract_id: int | None = None
    #: contacts besides its own whose documents it may settle: the members of a group of companies
    among: Collection[int] = ()
    #: the parts in which it is paid, each an open item of its own, the earliest due first; together they are the amount and the
    #: base. None: all at once
    parts: Sequence[Instalment] = ()
    #: of one part: which it is, from zero
    instalment: int = 0

    @property
    def in_parts(self) -> "list[Debt]":
        """One debt for each part."""
        return [
            replace(self, amount=part.amount, base=part.base, due=part.due, parts=(), instalment=n)
            for n, part in enumerate(self.parts)
        ] or [self]


def debt_in_parts(session: Session, debt: Debt) -> Debt:
    """The debt in the parts in which its contract says that it is paid, unless it clears up or is due on another day."""
    document = debt.document
    parts = parts_for(session, debt.contract_id, document.moment.date(), debt.due) if not document.clears_up else []
    if not parts:
        return debt
    digits, base_digits = digits_of(document.currency), digits_of(base_currency(session))
    split = in_parts(parts, debt.amount, debt.base, digits=digits, base_digits=base_digits)
    return replace(debt, parts=split)


def settle(posting: Posting, debts: Sequence[Debt]) -> None:
    """Add debts to the posting, each an open item of its own, or one for each part. What contacts owe us counts as in, what we
    owe as out. What is settled of another contact's document changes what that one owes, and nothing of what the debt's own
    does (docs/adr/0054).

    Refused (Conflict, Invalid): `pays` that goes past zero on either side, of another contact or currency, owed the same way
    round, or dated later than the debt; a contract of another contact or currency, or one that isn't in force.
    """
    books = Books(posting)
    if under := [debt for debt in debts if debt.contract_id is not None]:
        books.read(debt.document.id for debt in under if debt.document.version > 1)
        prepaid = {debt.document.id for debt in under if _check_contract(books, debt).prepayment}
        debts = [replace(d, oldest_first=True) if d.document.id in prepaid and d.amount > 0 else d for d in debts]
    books.read(document for debt in debts for document in (*debt.against, *(chosen for chosen, _ in debt.pays)))
    for debt in debts:
        parts = debt.in_parts
        for part in parts:
            _Settled(books, part).add()
        if debt.document.version > 1:
            books.drop_after(debt.document, len(parts))


def _check_contract(books: "Books", debt: Debt) -> Any:
    """The contract that a debt is under. Refused (Invalid): one of another contact or currency, or one that isn't in force,
    unless a corrected document has it already."""
    document, session = debt.document, books.posting.session
    contract = check_contract(session, debt.contract_id, contact_id=debt.contact_id, currency=document.currency)
    before = books.before(document)
    if contract is not None and (before is None or before.contract_id != contract.id):
        check_in_force(contract, document.moment.date(), clears_up=document.clears_up)
    return contract


class Books:
    """What a posting knows of open items: as they are held, less what it has taken of them."""

    def __init__(self, posting: Posting) -> None:
        self.posting = posting
        #: document → its items, the earliest due first
        self.of_document: dict[int, list[Item]] = {}
        #: document → the number of the next line that it settles
        self.lines: dict[int, Iterator[int]] = {}
        self.standing: dict[Key, Standing] = {}
        #: contact → those that are one with it, by merging
        self._families: dict[int, frozenset[int]] = {}
        #: units of the smallest coin of the organisation's currency
        self.step = 10 ** (Money.scale - digits_of(base_currency(posting.session)))

    def read(self, documents: Iterable[int]) -> None:
        """Learn the items of documents."""
        if wanted := set(documents) - self.of_document.keys():
            asked = {"organisation": self.posting.organisation_id, "documents": sorted(wanted)}
            for row in _BOOKS(self.posting.session).execute(_OF_DOCUMENTS, asked):
                self.of_document.setdefault(row.document_id, []).append(Item(*_named(row)))

    def before(self, document: Document) -> Item | None:
        """The first item of a document that is corrected, as far as it was read."""
        return next(iter(self.of_document.get(document.id, ())), None)

    def drop_after(self, document: Document, count: int) -> None:
        """Leave nothing of parts that a corrected document has no more; what others have settled of them is refused later."""
        self.read([document.id])
        for item in self.of_document.get(document.id, ()):
            if item.id >= document.id * INSTALMENTS + count:
                values = {"id": item.id, "document_id": document.id, "contact_id": item.contact_id, "due": item.due}
                values |= {"contract_id": item.contract_id, "amount": 0, "base": 0}
                self.posting.insert(OpenItem.__table__, values)

    def hold(self, items: Iterable[Item], currency: str) -> None:
        """Hold what is open of items in a currency, so that nobody else settles them. Refused (Conflict): one whose document
        was corrected to another moment while we waited for it."""
        known = {(item.contact_id, item.id, currency): item for item in items}
        keys = known.keys() - self.standing.keys()
        if not keys:
            return
        # SQLite has one writer at a time: nothing has changed since it was read.
        is_shared = _BOOKS(self.posting.session).dialect.name != "sqlite"
        asked = (_MOMENTS, (sorted({known[key].document_id for key in keys}),))
        answers = self.posting.hold_together({Settlements.open_items: keys}, also=[asked] if is_shared else [])
        held = self.posting.held(Settlements.open_items)
        self.standing.update({key: Standing(*held[key].amounts) for key in keys})
        now: dict[Any, Any] = dict(answers[0]) if answers else {}
        for item in (known[key] for key in keys):
            if now.get(item.document_id, item.moment) != item.moment:
                raise Conflict(_l("Someone has changed %(number)s meanwhile. Try again.", number=item.number))

    def open(self, item: Item) -> Standing:
        """What is open of an item that is held."""
        return self.standing[item.contact_id, item.id, item.currency]

    def items_of(self, document_id: int, contact_id: int, currency: str, among: Collection[int] = ()) -> list[Item]:
        """The items of a document. Refused: one of another contact (Invalid), one in another currency (Conflict)."""
        items = self.of_document.get(document_id)
        item = items[0] if items else None
        if items is None or item is None or not (item.contact_id in among or self.is_of(item, contact_id)):
            raise Invalid(_l("A chosen document belongs to another contact."), field="contact_id")
        if item.currency != currency:
            message = _l(
                "%(number)s is in %(currency)s; only what is in one currency can be settled.",
                number=item.number,
                currency=item.currency,
            )
            raise Conflict(message)
        return items

    def spread(self, items: Sequence[Item], part: int) -> Iterator[tuple[Item, int]]:
        """`part` units over items that are held, each as far as it is open; what is beyond all of them goes to the last, where
        it is refused."""
        for item in items[:-1]:
            if some := min(part, abs(self.open(item).amount)):
                yield item, some
                part -= some
        if part:
            yield items[-1], part

    def is_of(self, item: Item, contact_id: int) -> bool:
        """Whether an item is of a contact, or of one that was merged with it."""
        if item.contact_id == contact_id:
            return True
        if contact_id not in self._families:
            found = _BOOKS(self.posting.session).scalars(_FAMILY, {"contact": contact_id})
            self._families[contact_id] = frozenset(int(member) for member in found)
        return item.contact_id in self._families[contact_id]

    def oldest(self, debt: Debt, sign: int, seen: Collection[int]) -> list[tuple[Item, int]]:
        """The oldest open items that `debt` can settle and what is open of each, in units, before they are held."""
        document = debt.document
        asked = {
            "organisation": self.posting.organisation_id,
            "contact": debt.contact_id,
            "currency": document.currency,
            "sign": sign,
            "moment": document.moment,
            "contract": debt.contract_id or 0,
        }
        query, more = (_NEXT_OLDEST, {"seen": sorted(seen)}) if seen else (_OLDEST, {})
        rows = _BOOKS(self.posting.session).execute(query, {**asked, **more})
        return [(Item(*_named(row)), abs(row.open)) for row in rows]


class _Settled:
    """One debt while it is added: what is left of it, and the lines that it has written."""

    def __init__(self, books: Books, debt: Debt) -> None:
        self.books, self.posting, self.debt, self.document = books, books.posting, debt, debt.document
        self.left = Standing(to_units(debt.amount, Money.scale), to_units(debt.base, Money.scale))
        self.sign = 1 if debt.amount >= 0 else -1
        self.item = Item(
            self.document.id * INSTALMENTS + debt.instalment,
            self.document.id,
            debt.contact_id,
            self.document.currency,
            self.document.number or "",
            self.document.moment,
            debt.due,
            debt.contract_id,
        )
        self.lines = books.lines.setdefault(self.document.id, count(1))
        #: items that were settled, or found to be settled already
        self.seen: set[int] = set()

    def add(self) -> None:
        """Add the item, what it settles, and what stays open of it."""
        item, left = self.item, self.left
        values = {"id": item.id, "document_id": self.document.id, "contact_id": item.contact_id, "due": item.due}
        values |= {"contract_id": item.contract_id, "amount": left.amount, "base": left.base}
        self.posting.insert(OpenItem.__table__, values)
        others = self._settled_by_others()
        left.amount += others.amount
        left.base += others.base
        self._pay_chosen()
        self._pay_named()
        if self.debt.oldest_first:
            self._pay_oldest()
        if (
            not left.amount and left.base and others.amount
        ):  # all is settled, at other rates or in parts that were rounded
            enter_result(self.posting, self.document, 0, item, -left.base)
            left.base = 0
        amount, base = left.amount - others.amount, left.base - others.base
        if amount or base or not self.seen:
            enter(self.posting, self.document, 0, item, self.sign, amount, base)
        known = self.books.of_document.get(self.document.id, ())
        self.books.of_document[self.document.id] = sorted(
            [*(other for other in known if other.id != item.id), item], key=lambda each: each.id
        )
        self.books.standing[item.contact_id, item.id, item.currency] = left

    @property
    def room(self) -> int:
        """How many units it can still settle with: none where others have settled more of it than a correction leaves."""
        return max(0, self.left.amount * self.sign)

    def _settled_by_others(self) -> Standing:
        """Of a corrected document, whose own entries are reversed: what others have settled of it, with which it can't settle
        anything any more; of the other sign than the document. Of one that is posted for the first time nothing."""
        if self.document.version == 1:
            return Standing(0, 0)
        self.books.read([self.document.id])
        if (before := self.books.before(self.document)) is None:
            return Standing(0, 0)
        self._hold([self.item])
        others = replace(self.books.open(self.item))
        if others.amount and before.contract_id != self.item.contract_id:
            message = _l(
                "%(number)s is settled in part already, so it stays under its contract.", number=self.item.number
            )
            raise Conflict(message, field="contract_id")
        return others

    def _pay_chosen(self) -> None:
        """What was asked for, to the last unit, or nothing."""
        pays = [
            (self._items_of(document), check_part(amount, self.document.currency))
            for document, amount in self.debt.pays
        ]
        if not pays:
            return
        self._hold(item for items, _ in pays for item in items)
        total, whole, currency = sum(part for _, part in pays), self.room, self.document.currency
        if total > whole:
            raise Conflict(
                _l(
                    "The amounts add up to %(total)s %(currency)s, but there are only %(whole)s %(currency)s to allocate.",
                    total=money(from_units(total, Money.scale), currency),
                    whole=money(from_units(whole, Money.scale), currency),
                    currency=currency,
                )
            )
        for items, whole_part in pays:
            for item, part in self.books.spread(items, whole_part):
                standing = self.books.open(item)
                check_dated(item, self.document.moment)
                check_opposite(item, standing, self.sign)
                check_open(item, standing, part)
                self._take(item, part)

    def _pay_named(self) -> None:
        """What it is against, as far as that is open and fits."""
        found = (item for document in self.debt.against for item in self.books.of_document.get(document, ()))
        items = [i for i in found if self._fits(i)]
        self._hold(items)
        for item in items:
            if self.books.open(item).amount * self.sign < 0:
                self._take(item, min(self.room, abs(self.books.open(item).amount)))

    def _pay_oldest(self) -> None:
        while self.room:
            found = self.books.oldest(self.debt, self.sign, self.seen)
            wanted = list(_enough(found, self.room))
            self._hold(wanted)
            for item in wanted:  # somebody may have settled some of it while we waited
                self.seen.add(item.id)
                if self.books.open(item).amount * self.sign < 0:
                    self._take(item, min(self.room, abs(self.books.open(item).amount)))
            if len(wanted) == len(found) < _TOGETHER:
                return

    def _items_of(self, document_id: int) -> list[Item]:
        return self.books.items_of(document_id, self.debt.contact_id, self.document.currency, self.debt.among)

    def _fits(self, item: Item) -> bool:
        same = item.currency == self.document.currency and self.books.is_of(item, self.debt.contact_id)
        return same and item.moment <= self.document.moment

    def _hold(self, items: Iterable[Item]) -> None:
        self.books.hold(items, self.document.currency)

    def _take(self, item: Item, part: int) -> None:
        """Settle `part` units of an item: at the base it carries there, and at what it is worth here; the difference is the
        exchange's."""
        if not part:
            return
        line, standing = next(self.lines), self.books.open(item)
        theirs, ours = standing.base_of(part, self.books.step), self.left.base_of(part, self.books.step)
        standing.take(part, theirs)
        self.left.take(part, ours)
        self.seen.add(item.id)
        row = {"document_id": self.document.id, "line": line, "from_item_id": self.item.id, "to_item_id": item.id}
        self.posting.insert(AllocationLine.__table__, {**row, "amount": part})
        enter(self.posting, self.document, line, item, self.sign, self.sign * part, -theirs)
        enter_result(self.posting, self.document, line, item, -theirs - ours)


def enter(posting: Posting, document: Document, line: int, item: Item, side: int, amount: int, base: int) -> None:
    """Add an entry of an item, in units."""
    posting.add_units(
        Settlements,
        document,
        line,
        side=side,
        contact=item.contact_id,
        item=item.id,
        currency=item.currency,
        contract=item.contract_id or 0,
        amount=amount,
        base=base,
    )


def enter_result(posting: Posting, document: Document, line: int, item: Item, base: int, *, side: int = 0) -> None:
    """Add what was gained (above zero) or lost on the rate; `side` where a gain or loss is only lessened."""
    if base:
        side = side or (1 if base > 0 else -1)
        posting.add_units(
            ExchangeResults, document, line, side=side, contact=item.contact_id, currency=item.currency, base=base
        )


def require_sight(session: Session, actor: Actor, documents: Collection[int]) -> None:
    """Whoever chooses documents must see them and what is open of them, as a refusal says both.

    Refused: no right to statements or to what is owed (Forbidden), a document that is not open to the actor (NotFound).
    """
    require(actor, "contacts.statement.view")
    if not actor.sees("contacts.financial"):
        raise Forbidden("contacts.financial")
    if set(documents) - documents_by_id(session, set(documents)).keys():
        raise NotFound(_l("There is no such document, or it is not open to you."))


def items_by_id(session: Session, items: Iterable[int]) -> dict[int, Item]:
    """Open items by their numbers, whoever may see them."""
    rows = _BOOKS(session).execute(_BY_ID, {"items": sorted(set(items))})
    return {row.id: Item(*_named(row)) for row in rows}


def lines_of(session: Session, document_id: int) -> list[tuple[int, int, Decimal]]:
    """What a document moves between open items, whoever may see it: from which document, to which, how much; in order of
    these."""
    line = AllocationLine.__table__.c
    query = select(line.from_item_id, line.to_item_id, line.amount).where(line.document_id == document_id)
    found: dict[tuple[int, int], Decimal] = {}
    for row in _BOOKS(session).execute(query):  # a document that is paid in parts has several items
        key = row.from_item_id // INSTALMENTS, row.to_item_id // INSTALMENTS
        found[key] = found.get(key, Decimal(0)) + row.amount
    return sorted((*key, amount) for key, amount in found.items())


def open_amount(session: Session, document_id: int) -> Decimal:
    """What is open of a document in its currency, whoever may see it: above zero, the contact owes us."""
    query = (
        select(type_coerce(func.sum(_UNITS), BigInteger))
        .join_from(OpenItem.__table__, Settlements.open_items.table, _OPEN.item_id == _ITEM.id)
        .where(_ITEM.document_id == document_id)
    )
    return from_units(int(_BOOKS(session).scalar(query) or 0), Money.scale)


def open_amounts(session: Session, documents: Collection[int]) -> dict[int, Decimal]:
    """The same of several documents, of which something was ever open, by one question."""
    query = (
        select(_ITEM.document_id, type_coerce(func.sum(_UNITS), BigInteger))
        .join_from(OpenItem.__table__, Settlements.open_items.table, _OPEN.item_id == _ITEM.id)
        .where(_ITEM.document_id.in_(documents))
        .group_by(_ITEM.document_id)
    )
    return {row[0]: from_units(int(row[1]), Money.scale) for row in _BOOKS(session).execute(query)}


def _named(row: Any) -> tuple[int, int, int, str, str, datetime, date | None, int | None]:
    number = row.number or ""
    return row.id, row.document_id, row.contact_id, row.currency, number, row.moment, row.due, row.contract_id


def _enough(found: Iterable[tuple[Item, int]], wanted: int) -> Iterator[Item]:
    """The first items that together leave `wanted` units open, or all."""
    for item, left in found:
        if wanted <= 0:
            return
        wanted -= left
        yield item
