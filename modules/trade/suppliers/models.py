"""A supplier of an item."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.texts import lazy_gettext as _l
from app.api.values import Price, Quantity
from modules.contacts.api import Contact, OfContact
from modules.warehouse.api import Item

COST = "warehouse.cost"
_MAIN = text("is_main")


class ItemSupplier(OfContact, Versioned, Base):
    """That a contact supplies an item, and how; it is open to whom the contact is."""

    __tablename__ = "trade_item_supplier"
    __table_args__ = (
        UniqueConstraint("item_id", "contact_id", "code"),
        # Two who choose the main supplier at once: one is.
        Index("uq_trade_item_supplier_main", "item_id", unique=True, sqlite_where=_MAIN, postgresql_where=_MAIN),
    )
    title = _l("Supplier of an item")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: the supplier's article number and name; empty: as ours
    code: Mapped[str] = mapped_column(String(60), default="", server_default="")
    name: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: what they ask for one base unit, without tax; None: unknown
    price: Mapped[Decimal | None] = mapped_column(Price, info={"group": COST})
    currency: Mapped[str] = mapped_column(String(3))
    #: from which day the price holds; None: unknown
    since: Mapped[date | None]
    #: in base units; None: any
    least_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    #: whole days from the order to the goods; None: unknown
    lead_days: Mapped[int | None]
    #: whether it is whom we ask first; one of an item is
    is_main: Mapped[bool] = mapped_column(default=False)

    item: Mapped[Item] = relationship()
    contact: Mapped[Contact] = relationship()
