"""What a contact's tax is decided by."""

from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.api.security import PastPolicy
from modules.contacts.models import Contact, TaxNumber

_FACTS = PastPolicy("which tax a document has hangs on whether there is a number, not on who may see it")


class TaxFacts(NamedTuple):
    """Where a contact is, ISO 3166-1 alpha-2 or empty, and whether it has a number for VAT."""

    country: str
    has_vat_number: bool


def tax_facts(session: Session, contact_id: int) -> TaxFacts:
    """The same for whoever asks. Empty for a contact that doesn't exist.

    A tax number with a country's letters before it is one for VAT.
    """
    contact, number = Contact.__table__.c, TaxNumber.__table__.c
    has_vat = exists().where(number.contact_id == contact.id, number.kind == "vat")
    query = select(contact.country, contact.tax_id, has_vat)
    row = _FACTS(session).execute(query.where(contact.id == contact_id)).first()
    if row is None:
        return TaxFacts("", has_vat_number=False)
    country, tax_id, is_vat = row
    return TaxFacts(country, has_vat_number=bool(is_vat) or tax_id[:2].isalpha())
