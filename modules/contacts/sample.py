"""The sample company's contacts, and its money, some of it foreign."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import base_currency, set_rate
from app.api.security import Actor, User
from app.api.values import ExchangeRate
from modules.contacts.conditions import DAYS
from modules.contacts.models import INDIVIDUAL, LEGAL_ENTITY
from modules.contacts.money.accounts import accounts_in_use, expense_items, save_account
from modules.contacts.money.models import BANK, CASH
from modules.contacts.money.recording import record_other_payment, record_transfer
from modules.contacts.operations import create_contact

#: code, name, country, phone, whose it is, address
_COMPANIES = (
    ("C-1001", "Bergen Joinery AS", "NO", "+47 55 30 12 00", "sam", "Sandviksboder 12, 5035 Bergen"),
    ("C-1002", "Brightwater Builders Ltd", "GB", "+44 1273 555 010", "sam", "48 Lewes Road, Brighton BN2 3HZ"),
    ("C-1003", "Clockwork Cycles LLP", "GB", "+44 117 555 0184", "sofia", "7 Gas Ferry Road, Bristol BS1 6UN"),
    ("C-1004", "Đông Á Furniture Co.", "VN", "+84 28 3822 0011", "sofia", "215 Nguyễn Văn Linh, TP. HCM"),
    ("C-1005", "Fenland Boatyard Ltd", "GB", "+44 1353 555 062", "sam", "Waterside 3, Ely CB7 4AU"),
    ("C-1006", "Grünwald & Söhne GmbH", "DE", "+49 89 5550 1420", "sofia", "Lindwurmstraße 88, 80337 München"),
    ("C-1007", "ООО «Невский Мастер»", "RU", "+7 812 555 01 43", "sofia", "Невский пр., 112, Санкт-Петербург"),
    ("S-2001", "Sheffield Fasteners plc", "GB", "+44 114 555 0133", "maria", "90 Shoreham Street, Sheffield S1 4SQ"),
    ("S-2002", "Lübeck Tools GmbH", "DE", "+49 451 555 0177", "maria", "Hafenstraße 21, 23568 Lübeck"),
)
#: those with whom “2/10” is agreed: two per cent off what is paid within ten days
_PAID_EARLY = ("C-1002", "S-2001")
#: within how many days customers and suppliers are paid
_CUSTOMERS_PAY, _SUPPLIERS_ARE_PAID = 14, 30
#: so long before today its books begin
_DAYS = 100
#: how many euros a pound is worth so many days after that
_EUROS = {0: "1.1740", 30: "1.1655", 55: "1.1600", 80: "1.1480", 95: "1.1530"}
_PEOPLE = (
    ("P-3001", "Eleanor Whitby", "GB", "+44 7700 900 118", "sam", "5 Elm Grove, Brighton BN2 3ES"),
    ("P-3002", "Иван Соколов", "RU", "+7 921 555 01 18", "sofia", "Литейный пр., 30, кв. 14, Санкт-Петербург"),
    ("P-3003", "Nguyễn Thị Hương", "VN", "+84 90 555 0142", "sofia", "12 Lê Lợi, Quận 1, TP. HCM"),
    ("P-3004", "Thomas Ashdown", "GB", "+44 7700 900 733", "sam", "22 Station Road, Lewes BN7 2DB"),
)


def fill(session: Session, actor: Actor) -> None:
    """Companies and people, shared between the sample salespeople."""
    users = {user.login: user.id for user in session.scalars(select(User))}
    for kind, rows in ((LEGAL_ENTITY, _COMPANIES), (INDIVIDUAL, _PEOPLE)):
        for code, name, country, phone, login, address in rows:
            create_contact(
                session,
                actor,
                kind=kind,
                name=name,
                code=code,
                country=country,
                phone=phone,
                address=address,
                email=f"{code.lower()}@example.com",
                responsible_id=users.get(login),
                payment_terms=DAYS,
                payment_days=_SUPPLIERS_ARE_PAID if code.startswith("S-") else _CUSTOMERS_PAY,
                discount_percent=Decimal(2 if code in _PAID_EARLY else 0),
                discount_days=10 if code in _PAID_EARLY else 0,
            )
    _fill_money(session, actor)


def _fill_money(session: Session, actor: Actor) -> None:
    """A bank account and a cash desk, by which the sample's payments go, and what is paid without a contact: rent and bank fees
    each month, cash for what the office needs each fortnight."""
    begun = _begun()
    own: dict[str, Any] = {"currency": base_currency(session), "is_main": True}
    bank = save_account(
        session,
        actor,
        kind=BANK,
        name="Current account",
        bank="Hansa Bank",
        number="GB33BUKB20201555555555",  # the example of its country in the registry of IBANs
        may_overdraw=True,
        **own,
    ).id
    cash = save_account(session, actor, kind=CASH, name="Cash desk", **own).id
    items = {item.name: item.id for item in expense_items(session)}

    def paid(account: int, name: str, amount: int, after: int, *, direction: str = "out", party: str = "") -> None:
        record_other_payment(
            session,
            actor,
            account_id=account,
            expense_item_id=items[name],
            direction=direction,
            amount=Decimal(amount),
            moment=begun + timedelta(days=after),
            party=party,
        )

    paid(bank, "Opening balance", 25_000, 0, direction="in")
    paid(cash, "Opening balance", 300, 0, direction="in")
    for month in range(0, _DAYS - 30, 30):
        paid(bank, "Rent", 1_200, month + 2, party="Harbour Estates Ltd")
        paid(bank, "Bank fees", 18, month + 28, party="Hansa Bank")
        moment = begun + timedelta(days=month + 5)
        record_transfer(session, actor, source_id=bank, target_id=cash, amount=Decimal(200), moment=moment)
        paid(cash, "Office and utilities", 85, month + 9)
        paid(cash, "Office and utilities", 64, month + 23)


def _begun() -> datetime:
    return (wall_clock() - timedelta(days=_DAYS)).replace(hour=9, minute=0, second=0, microsecond=0)


def fill_abroad(session: Session, actor: Actor) -> None:
    """Exchange rates of some days, and an account in euros with what was changed into it, a little below the rate of the day;
    in pounds where books are kept in euros. Where they are in neither, the sample's prices are worth too little."""
    base = base_currency(session)
    if base not in ("GBP", "EUR"):
        return
    foreign, begun = "GBP" if base == "EUR" else "EUR", _begun()
    bank = next(account.id for account in accounts_in_use(session) if account.kind == BANK)
    for after, euros in _EUROS.items():
        rate = ExchangeRate(Decimal(euros), is_inverse=foreign == "EUR")
        set_rate(session, actor, currency=foreign, day=(begun + timedelta(days=after)).date(), rate=rate)
    account = save_account(
        session, actor, kind=BANK, name=f"{foreign} account", bank="Hansa Bank", currency=foreign, is_main=True
    )
    changed, received = Decimal(2_000), Decimal(2_310 if foreign == "EUR" else 1_715)
    moment = begun + timedelta(days=50)
    record_transfer(
        session, actor, source_id=bank, target_id=account.id, amount=changed, received=received, moment=moment
    )
