"""Models, the values of their axes, and which item is which variant."""

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.reference import Unit
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Price
from modules.warehouse.models import PRICE, Item, ItemGroup
from modules.warehouse.variants.rules import shown_values

#: the axes of a model
FIRST, SECOND = 1, 2


class ItemModel(Versioned, Base):
    """What several items have in common that differ by size and colour, or whatever else its axes are.

    What it says of group, units and price is what its next variants begin with. Its version counts what is done to its values
    and variants, too.
    """

    __tablename__ = "warehouse_model"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: with which the codes of its variants begin; short enough that none of theirs is too long
    code: Mapped[str] = mapped_column(String(30), unique=True, info=order("code_order"))
    name: Mapped[str] = mapped_column(String(170), info=order("name_order"))
    #: by which code and name stand in order
    code_order: Mapped[str] = ordered()
    name_order: Mapped[str] = ordered()
    #: code and name without case and accents, for searching
    folded: Mapped[str] = mapped_column(String(250), index=True, info=UNKEPT)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    #: as `Item.price`
    price: Mapped[Decimal | None] = mapped_column(Price, info=PRICE)
    #: these as `Item.second_unit_id`, `is_priced_by_second` and `second_per_unit`
    second_unit_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    is_priced_by_second: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_per_unit: Mapped[Decimal | None] = mapped_column(Price)
    #: what its axes are called, such as size; the second is empty where it has one alone
    first_title: Mapped[str] = mapped_column(String(40))
    second_title: Mapped[str] = mapped_column(String(40), default="")

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    group: Mapped[ItemGroup | None] = relationship()
    values: Mapped[list["AxisValue"]] = relationship(
        order_by="AxisValue.place_in_axis, AxisValue.id", cascade="all, delete-orphan", passive_deletes=True
    )
    variants: Mapped[list["Variant"]] = relationship(order_by="Variant.item_id", back_populates="model")
    title = _l("Model")

    @property
    def first_values(self) -> str:
        """The values of its first axis, as `read_values` takes them."""
        return shown_values(self.of_axis(FIRST))

    @property
    def second_values(self) -> str:
        """Those of its second."""
        return shown_values(self.of_axis(SECOND))

    def of_axis(self, axis: int) -> list["AxisValue"]:
        """The values of an axis, in order."""
        return [value for value in self.values if value.axis == axis]


class AxisValue(Base):
    """A value of a model's axis, such as M or red. In an axis no two have one name or one code, whatever their case."""

    __tablename__ = "warehouse_axis_value"
    __table_args__ = (CheckConstraint("axis IN (1, 2)", name="axis"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("warehouse_model.id", ondelete="CASCADE"), index=True)
    #: FIRST or SECOND
    axis: Mapped[int] = mapped_column(Integer)
    #: by which the values of an axis stand in order
    place_in_axis: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(60))
    #: what it adds to the code of a variant
    code: Mapped[str] = mapped_column(String(12))


class Variant(Base):
    """That an item is its model in these values; no two items are in the same."""

    __tablename__ = "warehouse_variant"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    item_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model_id: Mapped[int] = mapped_column(ForeignKey("warehouse_model.id"), index=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("warehouse_axis_value.id"))
    #: None where the model has one axis
    second_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_axis_value.id"), index=True)

    item: Mapped[Item] = relationship()
    model: Mapped[ItemModel] = relationship(back_populates="variants")

    @property
    def cell(self) -> tuple[int, int | None]:
        """Where in the grid of its model it stands."""
        return self.first_id, self.second_id
