"""Which contact one of the own organisations is to the others, and which documents are the two sides of one deal."""

from sqlalchemy import BigInteger, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Versioned
from app.api.reference import Organisation
from modules.contacts.api import Contact


class OwnContact(Versioned, Base):
    """An organisation as the others trade with it."""

    audited_as = "trade.own_contact"

    __tablename__ = "trade_own_contact"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("core_organisation.id"), primary_key=True, autoincrement=False
    )
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), unique=True)
    #: the warehouse where goods come in that it buys of the others, and where they leave that it returns to them
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: whether its side is made as soon as another posts a sale to it
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=false())

    organisation: Mapped[Organisation] = relationship()
    contact: Mapped[Contact] = relationship()


class OtherSide(Base):
    """The document that another own organisation has for a document: one for each, and no two for one."""

    audited_as = ""

    __tablename__ = "trade_other_side"

    document_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("core_document.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    other_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("core_document.id", ondelete="CASCADE"), unique=True)
