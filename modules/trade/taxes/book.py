"""The tax codes, and what has which, as documents ask for them: read once a session."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.data import remembered
from app.api.reference import Organisation, organisation_id
from app.api.security import PastPolicy
from modules.contacts.api import tax_facts
from modules.trade.models import TradeDocument
from modules.trade.pricing.rules import nearest, path_up
from modules.trade.taxes.categories import STANDARD
from modules.trade.taxes.deciding import Decision, Party, Policy, Rates, rate_on, tax_at_home, tax_for
from modules.trade.taxes.models import TaxCode, TaxDefault, TaxPolicy, TaxRate
from modules.warehouse.api import GOODS, GroupTree, items_by_id

_ALL = PastPolicy("which tax a line has is the same for whoever writes it, and tells nothing else of the contact")
#: what operations forget when they change any of it
BOOK = "trade.tax"


class Code(NamedTuple):
    """A tax code, with its rates."""

    id: int
    name: str
    category: str
    reason: str
    is_active: bool
    rates: Rates

    def rate_on(self, day: date) -> Decimal | None:
        """The rate on a day; None: none was in force yet. What isn't taxed at a rate has zero."""
        return rate_on(self.spans, day)

    @property
    def spans(self) -> Rates:
        """Its rates; of what has none, zero from the beginning."""
        return self.rates if self.category == STANDARD else [(date.min, Decimal(0))]


class Book(NamedTuple):
    """All codes by number, and what the organisation decided."""

    codes: Mapping[int, Code]
    policy: Policy


def book_of(session: Session) -> Book:
    """The organisation's tax codes, in the order of their names."""
    known = remembered(session, BOOK)
    if 0 not in known:
        known[0] = _read(session)
    book: Book = known[0]
    return book


def _read(session: Session) -> Book:
    code, rate = TaxCode.__table__.c, TaxRate.__table__.c
    query = select(
        code.id, code.name, code.category, code.reason, code.is_active, rate.since, rate.rate
    ).outerjoin_from(TaxCode.__table__, TaxRate.__table__, rate.code_id == code.id)
    rates: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = {}
    for row in _ALL(session).execute(query.order_by(code.name_order, code.id, rate.since)):
        rows[row.id] = row
        if row.since is not None:
            rates[row.id].append((row.since, row.rate))
    codes = {i: Code(*row[:5], rates[i]) for i, row in rows.items()}
    return Book(codes, _policy(session) if codes else Policy())


def _policy(session: Session) -> Policy:
    own, policy = Organisation.__table__.c, TaxPolicy.__table__.c
    query = (
        select(own.country, *(policy[name] for name in Policy._fields[1:]))
        .outerjoin_from(Organisation.__table__, TaxPolicy.__table__, policy.organisation_id == own.id)
        .where(own.id == organisation_id(session))
    )
    return Policy(*_ALL(session).execute(query).one())


def decisions(
    session: Session, *, contact_id: int | None, is_sale: bool, item_ids: Collection[int]
) -> dict[int, Decision]:
    """Which tax code each item has, and why, when it is sold to the contact or bought from them.

    `contact_id` None: from nobody in particular.
    """
    book = book_of(session)
    if not book.codes or not item_ids:
        return {}
    items = items_by_id(session, item_ids)
    of_item, of_group = _defaults(session, item_ids)
    party = _party(session, contact_id)
    return {
        i: tax_for(
            book.policy,
            party,
            is_sale=is_sale,
            is_goods=item.kind == GOODS,
            item_code_id=of_item.get(i),
            group_code_id=of_group.get(i),
        )
        for i, item in items.items()
    }


def decision_for(session: Session, contact_id: int) -> Decision | None:
    """What goods of no item in particular have that are sold to a contact."""
    book = book_of(session)
    return tax_for(book.policy, _party(session, contact_id), is_sale=True, is_goods=True) if book.codes else None


def home_rates(session: Session, item_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """At which rate each item is taxed within the country on a day."""
    book = book_of(session)
    of_item, of_group = _defaults(session, item_ids)
    found = {}
    for i in item_ids:
        code_id = tax_at_home(book.policy, item_code_id=of_item.get(i), group_code_id=of_group.get(i)).code_id
        found[i] = (book.codes[code_id].rate_on(day) if code_id is not None else None) or Decimal(0)
    return found


def _party(session: Session, contact_id: int | None) -> Party:
    if contact_id is None:
        return Party()
    default = TaxDefault.__table__.c
    code_id = _ALL(session).scalar(select(default.code_id).where(default.contact_id == contact_id))
    return Party(*tax_facts(session, contact_id), code_id)


def _defaults(session: Session, item_ids: Collection[int]) -> tuple[dict[int, int], dict[int, int]]:
    """The codes of items, and those of the nearest group that they lie in."""
    default = TaxDefault.__table__.c
    asked = or_(default.item_id.in_(item_ids), default.group_id.is_not(None))
    own, groups = {}, {}
    for row in _ALL(session).execute(select(default.item_id, default.group_id, default.code_id).where(asked)):
        if row.item_id is not None:
            own[row.item_id] = row.code_id
        else:
            groups[row.group_id] = row.code_id
    if not groups:
        return own, {}
    parents, items = GroupTree(session).parents, items_by_id(session, item_ids)
    found = {i: nearest(groups, path_up(parents, item.group_id)) for i, item in items.items()}
    return own, {i: code_id for i, code_id in found.items() if code_id is not None}


def untaxed_because(session: Session, document: TradeDocument) -> list[str]:
    """What the paper says of lines that have no tax, each reason once (EN 16931 BT-120)."""
    wanted = {getattr(line, "tax_code_id", None) for line in document.lines if not line.tax_rate} - {None}
    codes = book_of(session).codes if wanted else {}
    return [code.reason for code in codes.values() if code.id in wanted and code.reason]
