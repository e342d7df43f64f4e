"""What a kit is made of."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base, Id
from app.api.values import Quantity
from modules.warehouse.models import Item


class KitComponent(Base):
    """One component of a kit's composition; they stand in the order of their ids. No kit is its own component, however deep."""

    __tablename__ = "warehouse_kit_component"
    __table_args__ = (UniqueConstraint("kit_id", "item_id"),)
    audited_as = "warehouse.composition"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Item.id, ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Item.id), index=True)
    #: in one kit, in the component's base unit
    quantity: Mapped[Decimal] = mapped_column(Quantity)
