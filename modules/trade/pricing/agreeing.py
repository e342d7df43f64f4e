"""Writing what is agreed of prices: with a contact, under a contract, for a folder of contacts; and special prices."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import remove_rows
from app.api.errors import Invalid, NotFound
from app.api.reference import base_currency, check_currency
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.values import Percent
from modules.contacts.api import Folder, contact_by_id, contract_by_id
from modules.trade.pricing.known import forget_prices
from modules.trade.pricing.models import AgreedPrice, GroupAgreement, PriceAgreement
from modules.trade.pricing.types import EDIT, check_figures, check_period, type_by_id
from modules.warehouse.api import items_by_id

_ZERO = Decimal(0)


def agreement_of(session: Session, contact_id: int, contract_id: int | None = None) -> PriceAgreement | None:
    """What is agreed with a contact, or under one of its contracts; None: nothing."""
    own = PriceAgreement.contract_id.is_(None) if contract_id is None else PriceAgreement.contract_id == contract_id
    return session.scalar(select(PriceAgreement).where(PriceAgreement.contact_id == contact_id, own))


def agree(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    contract_id: int | None = None,
    type_id: int | None = None,
    discount: Decimal | None = None,
) -> None:
    """Say which price type a contact has, or documents under a contract, and what is off it; neither: nothing is agreed.
    Refused: a contact or contract that isn't open to the actor (NotFound), a discount out of 0 to 100 per cent (Invalid)."""
    require(actor, EDIT)
    contact = contact_by_id(session, contact_id)
    if contract_id is not None and contract_by_id(session, contract_id).contact_id != contact.id:
        raise NotFound
    found = agreement_of(session, contact_id, contract_id)
    found = found or PriceAgreement(contact_id=contact_id, contract_id=contract_id)
    said = _say(session, found, type_id, discount)
    record(session, "trade.agreement.set", subject="contacts.contact", subject_id=contact.id, summary=said)


def agree_for_folder(
    session: Session, actor: Actor, *, folder_id: int, type_id: int | None = None, discount: Decimal | None = None
) -> None:
    """The same for all contacts of a folder and those in it that have agreed nothing themselves."""
    require(actor, EDIT)
    folder = session.get(Folder, folder_id)
    if folder is None:
        raise NotFound
    found = session.get(GroupAgreement, folder_id) or GroupAgreement(folder_id=folder_id)
    said = _say(session, found, type_id, discount)
    record(
        session,
        "trade.agreement.set",
        subject="contacts.folder",
        subject_id=folder_id,
        summary=f"{folder.name}: {said}",
    )


def _say(session: Session, found: Any, type_id: int | None, discount: Decimal | None) -> str:
    kind = type_by_id(session, type_id) if type_id is not None else None
    discount = discount or _ZERO
    check_discount(discount)
    found.type_id, found.discount = type_id, discount
    if type_id is None and not discount:
        if found in session:
            session.delete(found)
    else:
        session.add(found)
    forget_prices(session)
    return f"{kind.name if kind else '–'}, −{discount:f} %"


def check_discount(discount: Decimal, field: str = "discount") -> None:
    """Refuse (Invalid) a discount that isn't 0 to 100 per cent."""
    if not Percent.holds(discount) or not 0 <= discount <= 100:
        raise Invalid(_l("A discount is between 0 and 100 per cent."), field=field)


def add_agreed_price(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    item_id: int | None,
    price: Decimal | None,
    contract_id: int | None = None,
    currency: str | None = None,
    tax_included: bool = False,
    from_quantity: Decimal | None = None,
    since: date | None = None,
    until: date | None = None,
) -> AgreedPrice:
    """A special price of an item for a contact, or under one of its contracts. Refused: a contact or contract that isn't open
    to the actor (NotFound), no item, a price, quantity or days that can't be right (Invalid)."""
    require(actor, EDIT)
    contact = contact_by_id(session, contact_id)
    if contract_id is not None and contract_by_id(session, contract_id).contact_id != contact.id:
        raise NotFound
    if item_id is None:
        raise Invalid(_l("Choose an item."), field="item_id")
    item = items_by_id(session, {item_id})[item_id]
    since = since or wall_clock().date()
    check_figures(price, from_quantity or _ZERO)
    check_period(since, until)
    currency = currency or base_currency(session)
    check_currency(currency)
    row = AgreedPrice(
        contact_id=contact.id,
        contract_id=contract_id,
        item_id=item_id,
        from_quantity=from_quantity or _ZERO,
        price=price,
        currency=currency,
        tax_included=tax_included,
        since=since,
        until=until,
    )
    session.add(row)
    forget_prices(session)
    record(session, "trade.agreed_price.create", subject="contacts.contact", subject_id=contact.id, summary=item.code)
    return row


def remove_agreed_price(session: Session, actor: Actor, row: AgreedPrice) -> None:
    """Remove a special price: what holds for others holds for the contact again."""
    require(actor, EDIT)
    code = row.item.code
    record(session, "trade.agreed_price.remove", subject="contacts.contact", subject_id=row.contact_id, summary=code)
    remove_rows(session, AgreedPrice, AgreedPrice.id == row.id)
    forget_prices(session)
