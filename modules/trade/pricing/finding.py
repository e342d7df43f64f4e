"""Finds the price of items: what is agreed for one, else the price type that the customer has, else the item's own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.reference import base_currency, rate_at
from app.api.security import PastPolicy
from app.api.values import ExchangeRate, Price, digits_of, shortest
from modules.contacts.api import Contact
from modules.trade.pricing.known import Known
from modules.trade.pricing.models import AgreedPrice, ItemPrice, PriceAgreement
from modules.trade.pricing.rules import (
    COST,
    MOST_TYPES,
    TYPE,
    USUAL,
    Priced,
    Step,
    Tier,
    nearest,
    path_up,
    price_in_force,
    rounded_price,
    with_tax_as,
)
from modules.warehouse.api import items_by_id, unit_costs

_BOOKS = PastPolicy("what is asked of a customer follows what was agreed with them, whoever types the line")

#: digits after the point while a price goes through the base currency
_BETWEEN = 12
_HUNDRED = Decimal(100)


class Prices:
    """The prices of some items on a day, in any currency. What it asks for it asks once, for all of the items."""

    def __init__(self, session: Session, known: Known, day: date, items: Iterable[int]) -> None:
        self.session, self.known, self.day = session, known, day
        self.base = base_currency(session)
        self.items = items_by_id(session, set(items))
        self._rates: dict[str, ExchangeRate | None] = {}
        self._tiers: dict[tuple[int, int], list[Tier]] = {}
        self._asked: set[int] = set()
        self._costs: dict[int, Decimal] | None = None

    def of_type(self, type_id: int, item_id: int, quantity: Decimal, tax_rate: Decimal = Decimal(0)) -> Decimal | None:
        """What an item is sold at by a price type, in its currency; None where neither a price nor a formula says it, or a rate
        is missing."""
        self._read_tiers(type_id)
        row = self.known.types[type_id]
        typed = price_in_force(self._tiers.get((type_id, item_id), ()), self.day, quantity)
        if typed is not None:
            return typed
        start = self._start(row, item_id, quantity, tax_rate)
        if start is None:
            return None
        raised = start * (_HUNDRED + row.percent) / _HUNDRED
        return rounded_price(
            raised, step=row.step, ending=row.ending, direction=row.direction, digits=digits_of(row.currency)
        )

    def _start(self, row: Any, item_id: int, quantity: Decimal, tax_rate: Decimal) -> Decimal | None:
        """What the formula of a type starts from, in its currency."""
        if row.formula == TYPE:
            other = self.known.types[row.base_id]
            price = self.of_type(row.base_id, item_id, quantity, tax_rate)
            if price is not None:
                price = with_tax_as(price, tax_rate=tax_rate, included=other.tax_included, wanted=row.tax_included)
            return None if price is None else self.converted(price, other.currency, row.currency, digits=_BETWEEN)
        if row.formula == USUAL:
            price = self.items[item_id].price
        elif row.formula == COST:
            price = self._cost(item_id)
            if price is not None:
                price = with_tax_as(price, tax_rate=tax_rate, included=False, wanted=row.tax_included)
        else:
            return None
        return None if price is None else self.converted(price, self.base, row.currency, digits=_BETWEEN)

    def _cost(self, item_id: int) -> Decimal | None:
        if self._costs is None:
            self._costs = unit_costs(self.session, self.items)
        return self._costs.get(item_id)

    def _read_tiers(self, type_id: int) -> None:
        """The typed prices of a type and of those that it follows, of all the items, by one question."""
        chain = [type_id]
        while (base := self.known.types[chain[-1]].base_id) is not None and len(chain) <= MOST_TYPES:
            chain.append(base)
        if self._asked.issuperset(chain):
            return
        price = ItemPrice.__table__.c
        query = select(price.type_id, price.item_id, price.since, price.from_quantity, price.price)
        query = query.where(price.type_id.in_(set(chain) - self._asked), price.item_id.in_(sorted(self.items)))
        for row in _BOOKS(self.session).execute(query.where(price.since <= self.day)):
            tier = Tier(row.since, row.from_quantity, row.price)
            self._tiers.setdefault((row.type_id, row.item_id), []).append(tier)
        self._asked.update(chain)

    def converted(self, price: Decimal, currency: str, wanted: str, *, digits: int | None = None) -> Decimal | None:
        """A price in another currency, rounded to `digits`, or else to those of that currency and as many more as it had beyond
        those of its own; None without a rate for the day."""
        if currency == wanted:
            return price
        own, other = self.rate(currency), self.rate(wanted)
        if own is None or other is None:
            return None
        if digits is None:
            exponent = shortest(price).as_tuple().exponent
            more = max(0, -int(exponent) - digits_of(currency))
            digits = min(Price.scale, digits_of(wanted) + more)
        return ExchangeRate(other.number, not other.is_inverse).in_base(own.in_base(price, _BETWEEN), digits)

    def rate(self, currency: str) -> ExchangeRate | None:
        """What a currency is worth on the day; None where nobody has entered it."""
        if currency not in self._rates:
            try:
                self._rates[currency] = rate_at(self.session, currency, self.day)
            except Invalid:
                self._rates[currency] = None
        return self._rates[currency]


def is_in_force(row: Any, day: date) -> bool:
    """Whether what has a first and a last day is in force."""
    return (row.since is None or row.since <= day) and (row.until is None or day <= row.until)


class Terms:
    """What holds for a customer: their price type, what is off it, their special prices, whose discounts they get."""

    def __init__(
        self, session: Session, known: Known, day: date, contact_id: int | None, contract_id: int | None
    ) -> None:
        self._known, self.day = known, day
        self._session, self._contact_id, self._contract_id = session, contact_id, contract_id
        self.folders: tuple[int, ...] = ()
        if contact_id is not None and known.folders:
            contact = Contact.__table__.c
            folder = _BOOKS(session).scalar(select(contact.folder_id).where(contact.id == contact_id))
            self.folders = tuple(path_up(known.folders, folder))
        found = [("group", nearest(known.of_folders, self.folders))]
        if contact_id is not None and known.has_agreements:
            agreement = PriceAgreement.__table__.c
            rows = _BOOKS(session).execute(
                select(agreement.contract_id, agreement.type_id, agreement.discount).where(
                    agreement.contact_id == contact_id,
                    or_(agreement.contract_id.is_(None), agreement.contract_id == contract_id),
                )
            )
            own = {"contract" if row.contract_id is not None else "contact": row for row in rows}
            found = [("contract", own.get("contract")), ("contact", own.get("contact")), *found]
        self._agreements = [(what, row) for what, row in found if row is not None]

    @property
    def type_id(self) -> int | None:
        """The first price type in force of those agreed, else the organisation's; None: the items' own prices."""
        agreed = [row.type_id for _, row in self._agreements]
        types = (self._known.types[i] for i in (*agreed, self._known.type_id) if i is not None)
        return next((row.id for row in types if is_in_force(row, self.day)), None)

    @property
    def discounts(self) -> list[Step]:
        """What was agreed to come off: the contract's, else the contact's, else the folder's."""
        return next(([Step(what, row.discount)] for what, row in self._agreements if row.discount), [])

    def special(self, items: Sequence[int]) -> dict[int, list[Any]]:
        """The special prices of items that are in force, those of the contract first."""
        if self._contact_id is None or not self._known.has_agreed_prices:
            return {}
        agreed = AgreedPrice.__table__.c
        query = select(AgreedPrice.__table__).where(
            agreed.contact_id == self._contact_id,
            or_(agreed.contract_id.is_(None), agreed.contract_id == self._contract_id),
            agreed.item_id.in_(items),
            agreed.since <= self.day,
            or_(agreed.until.is_(None), agreed.until >= self.day),
        )
        found: dict[int, list[Any]] = {}
        for row in _BOOKS(self._session).execute(query):
            found.setdefault(row.item_id, []).append(row)
        return found


def special_price(rows: Iterable[Any], quantity: Decimal) -> Any:
    """The special price for a quantity: the contract's before the contact's, then the highest quantity that is reached,
    then the latest; None where none is."""
    reached = [row for row in rows if row.from_quantity <= quantity]
    key = lambda row: (row.contract_id is not None, row.from_quantity, row.since, row.id)  # noqa: E731
    return max(reached, key=key) if reached else None


def price_line(
    prices: Prices,
    terms: Terms,
    special: Mapping[int, Sequence[Any]],
    *,
    item_id: int,
    quantity: Decimal,
    currency: str,
    tax_included: bool,
    tax_rate: Decimal,
) -> Priced:
    """The price of a line in its document's currency, with or without tax as the document has it, and how it came about."""
    item, known = prices.items[item_id], prices.known
    agreed = special_price(special.get(item_id, ()), quantity)
    price: Decimal | None = None
    if agreed is not None:
        source, step, included = (
            agreed.currency,
            Step("special", agreed.price, "", agreed.currency),
            agreed.tax_included,
        )
        price = agreed.price
    elif (type_id := terms.type_id) is not None and (
        found := prices.of_type(type_id, item_id, quantity, tax_rate)
    ) is not None:
        row = known.types[type_id]
        price, source, included = found, row.currency, row.tax_included
        step = Step("type", found, row.name, source)
    elif item.price is not None:
        price, source, included = item.price, prices.base, tax_included
        step = Step("usual", item.price, "", source)
    else:
        return Priced(item_id, quantity, None)
    price = with_tax_as(price, tax_rate=tax_rate, included=included, wanted=tax_included)
    price = prices.converted(price, source, currency)
    return Priced(item_id, quantity, price, [step] if price is not None else [], is_special=agreed is not None)
