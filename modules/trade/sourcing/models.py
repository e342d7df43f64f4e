"""A request to several suppliers: what is needed, and by when. What each answers is a `SupplierOffer`."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.api import Item, Place


class SupplierRequest(Document):
    """Goods and services that several suppliers are asked about."""

    __tablename__ = "trade_supplier_request"
    __mapper_args__ = {"polymorphic_identity": "trade.supplier_request"}
    title, prefix = _l("Request to suppliers"), "SQ-"
    limited_by = ("place_id",)

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: where the goods are needed
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: by when
    wanted: Mapped[date | None]

    place: Mapped[Place] = relationship()
    lines: Mapped[list["SupplierRequestLine"]] = relationship(
        order_by="SupplierRequestLine.line", cascade="all, delete-orphan"
    )


class SupplierRequestLine(LineOf, Base):
    """How much is needed of an item."""

    __tablename__ = "trade_supplier_request_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("trade_supplier_request.id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), index=True)
    #: above zero, in base units
    quantity: Mapped[Decimal] = mapped_column(Quantity)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
