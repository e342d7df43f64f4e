"""The document by which pallets change hands, and what a sale reminds us of."""

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base
from app.api.documents import Document
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Contact


class Exchange(Document):
    """Pallets come with the goods, and others leave with the lorry."""

    __tablename__ = "pallets_exchange"
    __mapper_args__ = {"polymorphic_identity": "pallets.exchange"}
    title, prefix = _l("Pallet exchange"), "PX-"

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: what the contact got from us
    given: Mapped[int] = mapped_column(Integer)
    #: what we got from the contact
    taken: Mapped[int] = mapped_column(Integer)

    contact: Mapped[Contact] = relationship()


class Reminder(Base):
    """A sale to a contact who owes us pallets: whoever delivers it asks for them."""

    __tablename__ = "pallets_reminder"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: what the contact owed when the sale was posted
    pallets: Mapped[int] = mapped_column(Integer)
