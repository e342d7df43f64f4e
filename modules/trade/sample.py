"""The sample company's purchases, sales, returns and payments: three months of them, the same whenever it is made."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import post, save
from app.api.reference import base_currency, organisation
from app.api.security import Actor
from app.api.values import round_money
from modules.contacts.api import (
    BANK,
    BOTH,
    CASH,
    INDIVIDUAL,
    Contact,
    accounts_in_use,
    create_contacts,
    record_payment,
    save_expense_item,
)
from modules.trade.commission.sample import lay_out
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.points.keeping import save_programme
from modules.trade.pricing.policy import create_rule
from modules.trade.sample_abroad import trade_abroad
from modules.trade.sample_orders import agree
from modules.trade.sample_terms import agree_prices, let_a_room, sell_under_contract
from modules.trade.taxes.book import book_of
from modules.trade.taxes.presets import countries, take_preset
from modules.trade.till.tills import save_till
from modules.warehouse.api import DAYS, FIRST_WAREHOUSE, GOODS, Item, first_day, stock_on_hand, traded_items

#: of a week's days, which are counted from the first day of the books: the sample is the same on whatever day it is made
_WORKDAYS, _DELIVERY = 5, 2
#: suppliers are paid two days before it is due, but nobody has found the time in the last days
_PAID_AFTER, _UNPAID_FOR = timedelta(days=28), timedelta(days=10)


def fill(session: Session, actor: Actor) -> None:
    """A working day after another: goods come in weekly, customers buy, some return, most pay; with the tax codes of the
    organisation's country, where they are known."""
    country = organisation(session).country
    if country in countries():
        take_preset(session, actor, country)
    chance = Random(1358)  # noqa: S311 (the year the Hansa got its name; nothing secret hangs on it)
    contacts = list(session.scalars(select(Contact).order_by(Contact.code)))
    customers = [c for c in contacts if not c.code.startswith("S-")]
    suppliers = [c for c in contacts if c.code.startswith("S-")]
    items = list(traded_items(session))
    goods = [i for i in items if i.kind == GOODS]
    day = first_day()
    _reward(session, actor)
    for number in range(1, DAYS):
        day += timedelta(days=1)
        if number % 7 >= _WORKDAYS:
            continue
        if number % 7 == _DELIVERY:
            _buy(session, actor, chance, day, suppliers[number % len(suppliers)], goods)
        for hour in sorted(chance.sample(range(1, 9), k=chance.randint(1, 3))):
            _sell(session, actor, chance, day + timedelta(hours=hour), chance.choice(customers), items)
    agree_prices(session, actor, customers[4])
    agree(session, actor, customers, suppliers, goods)
    today = wall_clock()
    sell_under_contract(session, actor, today, customers[2], goods[:3])
    let_a_room(session, actor, today, customers[1])
    trade_abroad(session, actor, today, suppliers[1], customers[5], goods[-3:])
    lay_out(session, actor, customers[3], suppliers[1], customers[4], goods[6:8])
    _set_up_till(session, actor)


def _reward(session: Session, actor: Actor) -> None:
    """Customers earn points with what they buy; whoever says a word gets something off."""
    save_programme(
        session,
        actor,
        name="Hansa Club",
        earns=1,
        per=Decimal(10),
        worth=Decimal("0.10"),
        most_share=Decimal(50),
        months=12,
    )
    create_rule(session, actor, name="Welcome", percent=Decimal(5), coupon="WELCOME", most_by_contact=1)


def _set_up_till(session: Session, actor: Actor) -> None:
    """A till that sells from the main warehouse into the cash desk, to whoever comes."""
    retail = create_contacts(session, actor, [{"kind": INDIVIDUAL, "name": "Retail customer", "code": "R-0001"}])[0]
    over = save_expense_item(session, actor, name="Cash over and short", direction=BOTH)
    own = base_currency(session)
    accounts = {account.kind: account.id for account in accounts_in_use(session) if account.currency == own}
    save_till(
        session,
        actor,
        name="Front counter",
        place_id=FIRST_WAREHOUSE,
        cash_account_id=accounts[CASH],
        card_account_id=accounts[BANK],
        contact_id=retail.id,
        difference_item_id=over.id,
        tax_rate=_usual_rate(session),
    )


def _usual_rate(session: Session) -> Decimal:
    book = book_of(session)
    code = book.codes.get(book.policy.code_id or 0)
    return (code.rate_on(wall_clock().date()) if code else None) or Decimal(0)


def _buy(session: Session, actor: Actor, chance: Random, day: datetime, supplier: Contact, goods: list[Item]) -> None:
    lines = [
        TradeLineDraft(
            item.id,
            Decimal(chance.choice((20, 40, 60))),
            round_money((item.price or Decimal(1)) * Decimal(chance.randint(46, 54)) / 100, 3),
        )
        for item in chance.sample(goods, k=5)
    ]
    draft = TradeDraft(supplier.id, lines, moment=day, responsible_id=supplier.responsible_id)
    purchase = save(session, actor, Purchase, draft)
    post(session, actor, [purchase])
    paid = day + _PAID_AFTER
    if paid + _UNPAID_FOR <= wall_clock():
        record_payment(session, actor, contact_id=supplier.id, direction="out", amount=purchase.amount, moment=paid)


def _sell(
    session: Session, actor: Actor, chance: Random, moment: datetime, customer: Contact, items: list[Item]
) -> None:
    held = {figure.key[0]: figure.amounts["quantity"] for figure in stock_on_hand(session)}
    lines = []
    for item in chance.sample(items, k=chance.randint(1, 5)):
        quantity = Decimal(chance.choice((1, 2, 2, 4, 5, 10)))
        if item.kind == GOODS and held.get(item.id, 0) < quantity:
            continue
        discount = Decimal(chance.choice((0, 0, 0, 5, 10)))
        lines.append(TradeLineDraft(item.id, quantity, item.price or Decimal(1), discount))
    if not lines:
        return
    draft = TradeDraft(customer.id, lines, moment=moment, responsible_id=customer.responsible_id)
    sale = save(session, actor, Sale, draft)
    post(session, actor, [sale])
    if chance.random() < 0.08:
        back = TradeDraft(
            customer.id,
            [replace(lines[0], origin=(sale.id, 1))],
            moment=moment + timedelta(days=1),
            responsible_id=customer.responsible_id,
        )
        if back.moment and back.moment <= wall_clock():
            post(session, actor, [save(session, actor, SalesReturn, back)])
    if sale.amount and chance.random() < 0.75:  # in dong, a few nuts cost nothing
        paid = min(moment + timedelta(days=chance.randint(0, 20)), wall_clock())
        record_payment(
            session,
            actor,
            contact_id=customer.id,
            direction="in",
            amount=sale.amount,
            moment=paid,
            method=chance.choice(("bank", "bank", "card", "cash")),
        )
