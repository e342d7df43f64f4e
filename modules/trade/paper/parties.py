"""Who sells and who buys, as formal papers say it: as far as it is open to whoever prints."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.reference import organisation, requisites, shown_bank_account, shown_tax_id
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Contact, PaidTo, TaxNumber, account_to_pay
from modules.trade.models import TradeDocument

Party = dict[str, Any]
_OWN = PastPolicy("a paper names whom it is for, to whoever may know and to themselves")
_PRIVATE = ("legal_name", "address", "phone", "tax_id", "registration_number")


def our_party(session: Session, currency: str) -> Party:
    """The organisation, with its bank account for the currency."""
    company, own = organisation(session), requisites(session)
    account = account_to_pay(session, currency)
    return {
        "name": own.legal_name or company.name,
        "address": own.address,
        "phone": own.phone,
        "tax_id": shown_tax_id(company.tax_id, country=company.country),
        "kpp": own.tax_office_code,
        "registration": own.registration_number,
        "director": own.director,
        "accountant": own.accountant,
        "country": company.country,
        "bank": _bank(account),
    }


def contact_party(session: Session, document: TradeDocument) -> Party:
    """Whom the document is made with; what is closed to whoever prints is empty."""
    contact: Contact | None = document.contact  # None: not open to whoever looks
    return {**_NOBODY, "name": document.summary} if contact is None else party_of(session, contact)


def party_of(session: Session, contact: Contact) -> Party:
    """A contact; what is closed to whoever prints is empty."""
    known = _details(session, contact)
    return {
        **_NOBODY,
        "name": known["legal_name"] or contact.name,
        "address": ", ".join(known["address"].splitlines()),
        "phone": known["phone"],
        "tax_id": shown_tax_id(known["tax_id"], country=contact.country),
        "kpp": known.get("kpp", ""),
        "registration": known.get("ogrn", "") or known["registration_number"],
        "country": contact.country,
    }


def _details(session: Session, contact: Contact) -> dict[str, str]:
    """What is private of a contact: to whoever may see it, and to the contact itself. Numbers of tax offices by their kind."""
    actor: Actor = session.info["actor"]
    if not actor.sees("contacts.private") and (actor.partner is None or contact.id not in actor.partner.ids):
        return dict.fromkeys(_PRIVATE, "")
    own: Any = Contact.__table__
    numbers: Any = TaxNumber.__table__
    row = _OWN(session).execute(select(*(own.c[name] for name in _PRIVATE)).where(own.c.id == contact.id)).one()
    asked = select(numbers.c.kind, numbers.c.number).where(numbers.c.contact_id == contact.id)
    known = {row.kind: row.number for row in _OWN(session).execute(asked.order_by(numbers.c.id.desc()))}
    return {**known, **{name: value or "" for name, value in row._mapping.items()}}


def party_lines(party: Mapping[str, Any]) -> list[str]:
    """What stands below a party's name, in the reader's language."""
    titled = ((_l("Tax number"), party["tax_id"]), (_l("Registration number"), party["registration"]))
    lines = [*str(party["address"]).splitlines(), *(f"{title}: {value}" for title, value in titled if value)]
    return [*lines, *([party["phone"]] if party["phone"] else [])]


def _bank(account: PaidTo | None) -> dict[str, str]:
    if account is None:
        return dict.fromkeys(("number", "bank", "bic", "correspondent"), "")
    return {
        "number": shown_bank_account(account.number),
        "bank": account.bank,
        "bic": account.bic,
        "correspondent": account.correspondent,
    }


_NOBODY: Party = {
    **dict.fromkeys(
        ("name", "address", "phone", "tax_id", "kpp", "registration", "director", "accountant", "country"), ""
    ),
    "bank": dict.fromkeys(("number", "bank", "bic", "correspondent"), ""),
}
