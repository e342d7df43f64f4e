"""A contract on paper: the parties with their requisites, the terms as its card has them, and the agreed prices as an annex.

The wording stands in `contract.typ`, in three languages, where administrators change it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.prints import Form, value_text
from app.api.reference import unit_word
from app.api.texts import day, language, number
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import CONTRACT_STATES, TERMS, BankAccount, Contract, contact_by_id, rate_words
from modules.trade.paper.invoice import FOLDER, bank_facts
from modules.trade.paper.parties import our_party, party_lines, party_of
from modules.trade.pricing.agreeing import agreement_of
from modules.trade.pricing.finding import special_price
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import AgreedPrice

SEES_PRICES = "trade.price.view"
#: lines of the annex
MOST_PRICES = 2000


def contract_data(session: Session, contract: Contract) -> dict[str, Any]:
    """The data of `contract.typ`; what of the contact is closed to whoever prints is empty."""
    contact = contact_by_id(session, contract.contact_id)
    us, them = our_party(session, contract.currency), party_of(session, contact)
    annex = _annex(session, contract)
    return {
        "title": str(_l("Contract %(number)s", number=contract.number)),
        "subject": contract.title,
        "place": next(iter(us["address"].splitlines()[-1:]), ""),
        "day": day(contract.since or wall_clock().date()),
        "until": day(contract.until) if contract.until else "",
        "currency": contract.currency,
        "state": "" if contract.state == "active" else str(CONTRACT_STATES[contract.state]),
        "prepayment": number(contract.prepayment) if contract.prepayment else "",
        "terms": [[str(title), str(value)] for title, value in _terms(session, contract) if value],
        "us": {"name": us["name"], "director": us["director"], "lines": party_lines(us), "bank": bank_facts(us)},
        "them": {
            "name": them["name"],
            "director": "",
            "lines": party_lines(them),
            "bank": _their_bank(session, contract),
        },
        "annex_title": str(_l("Annex: agreed prices")),
        "columns": [
            {"title": str(title), "is_text": is_text}
            for title, is_text in (
                (_l("Item"), True),
                (_l("Unit"), True),
                (_l("Since"), False),
                (_l("Price"), False),
                (_l("Tax"), True),
            )
        ],
        "annex": annex,
        "language": language(),
    }


def _terms(session: Session, contract: Contract) -> Iterator[tuple[object, object]]:
    """The terms that the contract's card says, each in the reader's words."""
    yield _l("Currency"), contract.currency
    if contract.payment_terms:
        yield _l("Payment terms"), f"{TERMS[contract.payment_terms]}: {contract.payment_days}"
    if contract.discount_percent:
        said = {"percent": number(contract.discount_percent), "days": contract.discount_days}
        yield _l("Early-payment discount"), _l("%(percent)s %% if paid within %(days)s days", **said)
    yield _l("Paid in parts"), contract.instalments
    yield _l("Prepayment, %"), number(contract.prepayment) if contract.prepayment else ""
    yield _l("Penalty"), rate_words(contract) if contract.penalty_kind else ""
    if not session.info["actor"].may(SEES_PRICES):
        return
    agreement = agreement_of(session, contract.contact_id, contract.id) or agreement_of(session, contract.contact_id)
    if agreement is not None:
        kind = known_prices(session).types.get(agreement.type_id or 0)
        yield _l("Price type"), kind.name if kind is not None else ""
        yield _l("Discount, %"), number(agreement.discount) if agreement.discount else ""


def _their_bank(session: Session, contract: Contract) -> list[list[str]]:
    """Their account in the contract's currency, the main one first, for whoever may know bank details."""
    if not session.info["actor"].sees("contacts.financial"):
        return []
    asked = select(BankAccount).where(
        BankAccount.contact_id == contract.contact_id, BankAccount.currency.in_((contract.currency, ""))
    )
    account = session.scalars(asked.order_by(BankAccount.is_main.desc(), BankAccount.id).limit(1)).first()
    if account is None:
        return []
    said = ((_l("Account"), account.number), (_l("Bank"), account.bank), ("BIC", account.bic))
    return [[str(title), value] for title, value in said if value]


def _annex(session: Session, contract: Contract) -> list[list[Any]]:
    """The special prices that hold under the contract as it begins, or today once it has begun, by code of the item; none for
    whoever sees no prices. Refused (Invalid): more than MOST_PRICES."""
    if not session.info["actor"].may(SEES_PRICES):
        return []
    begins = max(wall_clock().date(), contract.since or date.min)
    asked = select(AgreedPrice).where(
        AgreedPrice.contact_id == contract.contact_id,
        or_(AgreedPrice.contract_id == contract.id, AgreedPrice.contract_id.is_(None)),
        AgreedPrice.since <= begins,
        or_(AgreedPrice.until.is_(None), AgreedPrice.until >= begins),
    )
    rows = session.scalars(asked.options(selectinload(AgreedPrice.item)).limit(MOST_PRICES + 1)).all()
    if len(rows) > MOST_PRICES:
        raise Invalid(_l("At most %(n)s agreed prices go onto one contract.", n=MOST_PRICES))
    of_items: dict[int, list[AgreedPrice]] = defaultdict(list)
    for row in rows:
        of_items[row.item_id].append(row)
    holds = (row for row in rows if special_price(of_items[row.item_id], row.from_quantity) is row)
    return [
        [
            {"name": row.item.name, "code": row.item.code},
            unit_word(row.item.unit.name),
            number(row.from_quantity) if row.from_quantity > Decimal(0) else "",
            value_text(row.price, "price"),
            str(_l("with tax") if row.tax_included else _l("without tax")),
        ]
        for row in sorted(holds, key=lambda row: (row.item.code_order, row.from_quantity))
        if row.currency == contract.currency
    ]


def _newest(session: Session) -> Contract | None:
    return session.scalars(select(Contract).order_by(Contract.id.desc()).limit(1)).first()


contract_form = Form("trade.contract", _l("Contract"), (), FOLDER / "contract.typ", contract_data, example=_newest)
