"""A clerk who does every act twice: in the program, and in the naive books."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from naive_acts import (
    CUSTOMERS,
    LOSSES,
    OPENING,
    PRODUCTION,
    SUPPLIERS,
    ZERO,
    Act,
    Claimed,
    Closed,
    Document,
    Landed,
    Move,
    Owed,
    Refused,
    Reversed,
    Sold,
    part_of_coins,
    rounded,
    totals_of_lines,
)
from naive_books import Books
from sqlalchemy import select

from app.documents import HasFollowers, locked, post, reverse, save
from app.errors import PeriodClosed
from app.reference.models import Unit
from app.reference.operations import close_period, save_unit, set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.models import Payment
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.production import operations as production
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn, TradeDocument
from modules.warehouse import operations as warehouse
from modules.warehouse.errors import NotEnoughFree, NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Movement, Opening, Receipt, Transfer, WriteOff
from tests import kinds

MAIN, SECOND = 100, 101
BEGUN = date(2025, 11, 20)
#: Digits after the point, and from which day on one is worth how many pounds.
DIGITS = {"GBP": 2, "KWD": 3}
RATES = {"GBP": [(BEGUN, Decimal(1))], "KWD": [(BEGUN, Decimal("2.437")), (date(2026, 1, 9), Decimal("2.612345678"))]}
TRADE = {"purchase": Purchase, "sale": Sale, "sales_return": SalesReturn}
MOVEMENTS = {"receipt": Receipt, "opening": Opening, "transfer": Transfer, "issue": Issue, "write_off": WriteOff}
#: A costs by average and B by FIFO; C is a service; P is made of 2 A and 1 B, Q of 1 P and 3 B, by average and by FIFO.
ITEMS = ("A", "B", "C", "P", "Q")
SERVICE, FIFO = 2, (1, 4)
BILLS = ((3, ((0, 2), (1, 1))), (4, ((3, 1), (1, 3))))
#: Documents that bring goods in at a price.
BOUGHT = ("receipt", "opening", "purchase")
REFUSALS = (NotEnoughStock, NotEnoughFree, HasFollowers, PeriodClosed)


@dataclass
class Clerk:
    """Does acts; each a tuple that begins with its name. What they refer to by a count is the so-maniest there is."""

    session: Any
    one_pool: bool = False
    #: numbers in the naive books → the program's own, of documents and of claims
    ids: dict[int, int] = field(default_factory=dict)
    claims: dict[int, int] = field(default_factory=lambda: {0: 0})
    models: dict[int, Any] = field(default_factory=dict)
    #: lines and terms of what was sold, by number in the naive books
    charged: dict[int, tuple[list, tuple[int, str, bool]]] = field(default_factory=dict)
    #: of documents of trade: each line without tax and its tax, and of a return the line that it gives back
    totals: dict[int, tuple[list, tuple[int, int] | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session = self.session
        pieces = session.scalars(select(Unit).where(Unit.code == "C62")).one()
        save_unit(session, SYSTEM, pieces, code="C62", name="pc", digits=6)
        self.contacts = [
            create_contact(session, SYSTEM, kind="legal_entity", name=name).id for name in ("Ötzi Ltd", "Ink & Co")
        ]
        groups = {}
        for costing in ("average", "fifo"):
            groups[costing] = warehouse.create_group(session, SYSTEM, name=costing)
            warehouse.set_costing(session, SYSTEM, groups[costing], costing)
        if self.one_pool:
            warehouse.set_pool(session, SYSTEM, "company")
        self.items = [
            warehouse.create_item(
                session,
                SYSTEM,
                code=code,
                name=code,
                kind="service" if n == SERVICE else "goods",
                group_id=groups["fifo" if n in FIFO else "average"].id,
            ).id
            for n, code in enumerate(ITEMS)
        ]
        self.bills = [
            production.save_bom(
                session,
                SYSTEM,
                production.BomDraft(
                    self.items[product],
                    [ComponentDraft(self.items[c], Decimal(quantity)) for c, quantity in components],
                ),
            ).id
            for product, components in BILLS
        ]
        for currency, since in RATES.items():
            for day, rate in since if currency != "GBP" else ():
                set_rate(session, SYSTEM, currency=currency, day=day, rate=ExchangeRate(rate))
        warehouse.create_place(session, SYSTEM, code="second", name="Second")
        self.books = Books(frozenset(self.items[n] for n in FIFO), self.one_pool)

    def share_of(self, origin: tuple[int, int], quantity: Decimal, digits: int) -> tuple[Decimal, Decimal]:
        """What is credited of a sale's line: its share of all that came back, less what stands credited before."""
        sale, line = origin
        charged, (_, sold, *_) = self.totals[sale][0][line - 1], self.charged[sale][0][line - 1]
        before = [
            (m.quantity, self.totals[d.number][0][m.line - 1])
            for d in self.books.standing_documents()
            for m in d.moves
            if d.kind == "sales_return" and m.origin == origin
        ]
        back = sum((q for q, _ in before), quantity)
        net, tax = (
            (whole if back == sold else part_of_coins(whole, back, sold, digits)) - sum(each[1][i] for each in before)
            for i, whole in enumerate(charged)
        )
        return max(net, ZERO), max(tax, ZERO)

    def do(self, act: tuple) -> None:
        """The act; when the naive books refuse it, the program must too, and nothing may have changed."""
        number = len(self.books.acts) + 1
        found = _ACTS[act[0]](self, number, *act[1:])
        if found is None:  # there is nothing yet that it could be done to
            return
        said, program = found
        try:
            self.books.record(said)
        except Refused:
            with pytest.raises(REFUSALS), self.session.begin_nested():
                program()
            return
        with self.session.begin_nested():
            document = program()
        if isinstance(said, Document):
            self.ids[number], self.models[number] = document.id, document

    def documents(self, *of: str, moves: bool = False) -> list[Document]:
        """What stands of some kinds, or all, in the order of posting."""
        return [d for d in self.books.standing_documents() if (not of or d.kind in of) and (d.moves or not moves)]

    def lines(self, *of: str) -> list[tuple[Document, Move]]:
        """Lines of goods that can still be given back."""
        found = [(d, m) for d in self.documents(*of) for m in d.moves]
        return [(d, m) for d, m in found if self.books.left_of((d.number, m.line)) > 0]


Found = tuple[Act, Callable[[], Any]] | None


def _movement(clerk: Clerk, number: int, kind: str, moment: datetime, lines: list, place: int) -> Found:
    other = SECOND if place == MAIN else MAIN
    source, target = {
        "receipt": (SUPPLIERS, place),
        "opening": (OPENING, place),
        "transfer": (place, other),
        "issue": (place, CUSTOMERS),
        "write_off": (place, LOSSES),
    }[kind]
    moves = tuple(
        Move(
            n,
            clerk.items[item],
            source,
            target,
            quantity,
            rounded(Fraction(quantity) * Fraction(price)) if kind in BOUGHT else None,
        )
        for n, (item, quantity, price) in enumerate(lines, 1)
    )

    def program() -> Any:
        ends = {name: end for name, end in (("source_id", source), ("target_id", target)) if end > 0}
        goods = [MovementLineDraft(clerk.items[item], *figures) for item, *figures in lines]
        draft = MovementDraft(goods, moment=moment, **ends)
        document = save(clerk.session, SYSTEM, MOVEMENTS[kind], draft)
        post(clerk.session, SYSTEM, [document])
        return document

    return Document(number, kind, moment, moves), program


def _trade(
    clerk: Clerk,
    number: int,
    kind: str,
    moment: datetime,
    lines: list,
    place: int,
    terms: tuple[int, str, bool],
    origin: tuple[int, int] | None = None,
) -> Found:
    party, currency, included = terms
    contact, digits, rate = clerk.contacts[party], DIGITS[currency], _rate(currency, moment)
    source, target = {
        "purchase": (SUPPLIERS, place),
        "sale": (place, CUSTOMERS),
        "sales_return": (CUSTOMERS, place),
    }[kind]
    sign, moves, sold, owed = 1 if kind == "sale" else -1, [], [], ZERO
    totals = totals_of_lines([figures for _, *figures in lines], included=included, digits=digits)
    if origin is not None:
        ((_, quantity, *_),) = lines
        totals = [clerk.share_of(origin, quantity, digits)]
    clerk.totals[number] = totals, origin
    for n, ((item, *figures), (net, tax)) in enumerate(zip(lines, totals, strict=True), 1):
        ours, item_id, quantity = rounded(Fraction(net) * Fraction(rate)), clerk.items[item], figures[0]
        owed += net + tax
        if item != SERVICE:
            value = ours if kind == "purchase" else None
            moves.append(Move(n, item_id, source, target, quantity, value, origin))
        if kind != "purchase":
            sold.append(Sold(n, item_id, contact, sign, quantity, ours))
    debt = Owed(contact, currency, sign * owed, sign * rounded(Fraction(owed) * Fraction(rate)))
    said = Document(number, kind, moment, tuple(moves), sold=tuple(sold), owed=(debt,))

    def program() -> Any:
        given = None if origin is None else (clerk.ids[origin[0]], origin[1])
        drafts = [TradeLineDraft(clerk.items[item], *figures, origin=given) for item, *figures in lines]
        draft = TradeDraft(contact, drafts, place_id=place, moment=moment, currency=currency, tax_included=included)
        document = save(clerk.session, SYSTEM, TRADE[kind], draft)
        post(clerk.session, SYSTEM, [document])
        clerk.charged[number] = lines, terms
        return document

    return said, program


def _give_back(clerk: Clerk, number: int, moment: datetime, count: int, quantity: Decimal, place: int) -> Found:
    """A customer gives back some of what a sale brought, and is credited at what it was sold at."""
    if not (sold := clerk.lines("sale")):
        return None
    sale, m = sold[count % len(sold)]
    quantity = min(quantity, clerk.books.left_of((sale.number, m.line)))
    charged, terms = clerk.charged[sale.number]
    item, _, *price = charged[m.line - 1]
    lines = [(item, quantity, *price)]
    return _trade(clerk, number, "sales_return", max(moment, sale.moment), lines, place, terms, (sale.number, m.line))


def _send_back(clerk: Clerk, number: int, moment: datetime, count: int, quantity: Decimal, place: int) -> Found:
    """Some of what came from a supplier goes back."""
    if not (bought := clerk.lines(*BOUGHT)):
        return None
    receipt, m = bought[count % len(bought)]
    quantity, line = min(quantity, clerk.books.left_of((receipt.number, m.line))), (receipt.number, m.line)
    return _ship(clerk, number, max(moment, receipt.moment), Move(1, m.item, place, SUPPLIERS, quantity, origin=line))


def _ship_claimed(clerk: Clerk, number: int, moment: datetime, count: int, quantity: Decimal) -> Found:
    if not (orders := clerk.documents("claim")):
        return None
    (claimed,) = orders[count % len(orders)].claimed
    move = Move(1, claimed.item, claimed.warehouse, CUSTOMERS, quantity, claim=claimed.claim)
    return _ship(clerk, number, moment, move)


def _ship(clerk: Clerk, number: int, moment: datetime, m: Move) -> Found:
    def program() -> Any:
        return kinds.ship(
            clerk.session,
            item_id=m.item,
            source_id=m.source,
            target_id=m.target,
            quantity=m.quantity,
            moment=moment,
            origin=None if m.origin is None else (clerk.ids[m.origin[0]], m.origin[1]),
            claim_id=clerk.claims[m.claim],
        )

    return Document(number, "shipment", moment, (m,)), program


def _claim(clerk: Clerk, number: int, moment: datetime, item: int, quantity: Decimal, place: int) -> Found:
    claimed = Claimed(clerk.items[item], place, number, quantity)

    def program() -> Any:
        document, claim_id = kinds.claim(
            clerk.session, item_id=claimed.item, warehouse_id=place, quantity=quantity, moment=moment
        )
        clerk.claims[number] = claim_id
        return document

    return Document(number, "claim", moment, claimed=(claimed,)), program


def _release(clerk: Clerk, number: int, moment: datetime, count: int, quantity: Decimal) -> Found:
    if not (orders := clerk.documents("claim")):
        return None
    (of,) = orders[count % len(orders)].claimed
    released = Claimed(of.item, of.warehouse, of.claim, -quantity)

    def program() -> Any:
        return kinds.release(
            clerk.session,
            item_id=of.item,
            warehouse_id=of.warehouse,
            quantity=quantity,
            claim_id=clerk.claims[of.claim],
            moment=moment,
        )

    return Document(number, "release", moment, claimed=(released,)), program


def _land(clerk: Clerk, number: int, moment: datetime, count: int, pence: int) -> Found:
    if not (bought := [(d, m) for d in clerk.documents(*BOUGHT) for m in d.moves]):
        return None
    receipt, m = bought[count % len(bought)]
    landed = Landed(1, (receipt.number, m.line), Decimal(pence) / 100)

    def program() -> Any:
        origin = (clerk.ids[receipt.number], m.line)
        return kinds.land(clerk.session, origin=origin, value=landed.value, moment=moment)

    return Document(number, "landed_cost", moment, landed=(landed,)), program


def _make(clerk: Clerk, number: int, moment: datetime, level: int, quantity: Decimal, place: int) -> Found:
    product, components = BILLS[level]
    used = [
        Move(n, clerk.items[item], place, PRODUCTION, quantity * each) for n, (item, each) in enumerate(components, 1)
    ]
    made = Move(0, clerk.items[product], PRODUCTION, place, quantity)

    def program() -> Any:
        draft = WorkOrderDraft(clerk.bills[level], quantity, place_id=place, moment=moment)
        order = save(clerk.session, SYSTEM, WorkOrder, draft)
        post(clerk.session, SYSTEM, [order])
        return order

    return Document(number, "work_order", moment, (*used, made)), program


def _pay(clerk: Clerk, number: int, moment: datetime, direction: str, pence: int, party: int, currency: str) -> Found:
    amount, sign = Decimal(pence) / 100, -1 if direction == "in" else 1
    base = rounded(Fraction(amount) * Fraction(_rate(currency, moment)))

    def program() -> Any:
        return record_payment(
            clerk.session,
            SYSTEM,
            contact_id=clerk.contacts[party],
            direction=direction,
            amount=amount,
            currency=currency,
            moment=moment,
            pays=(),  # what is allocated has a naive model of its own: test_open_items
        )

    owed = Owed(clerk.contacts[party], currency, sign * amount, sign * base)
    return Document(number, "payment", moment, owed=(owed,)), program


def _reverse(clerk: Clerk, _number: int, count: int) -> Found:
    if not (done := clerk.documents()):
        return None
    chosen = done[count % len(done)].number
    session, document = clerk.session, clerk.models[chosen]

    def program() -> Any:
        if isinstance(document, TradeDocument):
            return reverse(session, SYSTEM, locked(session, type(document), document.id))
        if isinstance(document, Movement):
            return reverse(session, SYSTEM, locked(session, type(document), document.id))
        if isinstance(document, WorkOrder):
            return reverse(session, SYSTEM, locked(session, WorkOrder, document.id))
        if isinstance(document, Payment):
            return reverse_payment(session, SYSTEM, document.id)
        return reverse(session, SYSTEM, document)

    return Reversed(chosen), program


def _close(clerk: Clerk, _number: int, day: date) -> Found:
    if datetime.combine(day, datetime.min.time()) < clerk.books.open_from():
        return None
    return Closed(day), lambda: close_period(clerk.session, SYSTEM, until=day, today=date(2026, 12, 31))


def _rate(currency: str, moment: datetime) -> Decimal:
    """The newest one not later than the day."""
    return [rate for day, rate in RATES[currency] if day <= moment.date()][-1]


def _of_kind(step: Callable[..., Found], kind: str) -> Callable[..., Found]:
    return lambda clerk, number, *rest: step(clerk, number, kind, *rest)


_ACTS: dict[str, Callable[..., Found]] = {
    **{kind: _of_kind(_movement, kind) for kind in MOVEMENTS},
    **{kind: _of_kind(_trade, kind) for kind in TRADE},
    "give_back": _give_back,
    "send_back": _send_back,
    "claim": _claim,
    "release": _release,
    "ship": _ship_claimed,
    "land": _land,
    "make": _make,
    "payment": _pay,
    "reverse": _reverse,
    "close": _close,
}
