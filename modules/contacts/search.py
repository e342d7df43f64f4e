"""What contacts are found by."""

from collections.abc import Iterable

from sqlalchemy.orm import Mapped

from app.api.data import Base
from app.api.reference import shown_phone, spellings_of_phone
from app.api.search import Searched, SearchIndex, as_number, latin, searched
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import (
    Address,
    BankAccount,
    Channel,
    Contact,
    Individual,
    Person,
    Registered,
    SoleProprietor,
    TaxNumber,
)
from modules.contacts.work.models import Activity


def _dialled(value: str) -> Iterable[str]:
    """A channel as it is looked for: a phone number however it is dialled, anything else as it is."""
    return spellings_of_phone(value) if value.startswith("+") else (value,)


def _shown(value: str) -> str:
    return shown_phone(value) if value.startswith("+") else value


class ContactSearch(SearchIndex, Base):
    """By which texts each contact is found."""

    __tablename__ = "contacts_contact_search"
    owner = Contact

    public: Mapped[str] = searched()
    private: Mapped[str] = searched("contacts.private")
    financial: Mapped[str] = searched("contacts.financial")

    texts = (
        Searched(Contact.name, spelled=lambda name: [latin(name)]),
        Searched(Registered.legal_name, _l("Name in the register")),
        Searched(Contact.phone, _l("Phone"), spelled=spellings_of_phone, shown=shown_phone),
        Searched(Contact.email, _l("E-mail")),
        Searched(Contact.tax_id, _l("Tax number"), spelled=as_number),
        Searched(Registered.contact_person, _l("Contact person")),
        Searched(Registered.registration_number, _l("Registration number"), spelled=as_number),
        *(
            Searched(kind.identity_document, _l("Identity document"), spelled=as_number)
            for kind in (Individual, SoleProprietor)
        ),
        Searched(Contact.address, _l("Address")),
        Searched(Contact.note, _l("Note")),
        Searched(Contact.bank_account, _l("Bank account"), spelled=as_number),
        Searched(Channel.value, _l("Phones and e-mail"), spelled=_dialled, shown=_shown, of=Channel.contact_id),
        Searched(Activity.text, _l("Notes, calls and letters"), of=Activity.contact_id),
        Searched(TaxNumber.number, _l("Tax number"), spelled=as_number, of=TaxNumber.contact_id),
        Searched(Person.name, _l("Person"), of=Person.contact_id),
        Searched(Person.role, _l("Person"), of=Person.contact_id),
        Searched(Person.note, _l("Person"), of=Person.contact_id),
        Searched(Address.street, _l("Address"), of=Address.contact_id),
        Searched(Address.city, _l("Address"), of=Address.contact_id),
        Searched(Address.postal_code, _l("Postcode"), spelled=as_number, of=Address.contact_id),
        Searched(BankAccount.number, _l("Bank account"), spelled=as_number, of=BankAccount.contact_id),
    )
