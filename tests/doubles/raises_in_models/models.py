"""Everything that a module can declare, and then an error."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id
from app.api.documents import Document, LineOf
from app.api.ledger import Register, Totals, dimension, exact
from app.api.security import Scoped
from app.api.values import Quantity
from modules.warehouse.models import Item


class Half(Document):
    """A kind of document."""

    __tablename__ = "raises_in_models_half"
    __mapper_args__ = {"polymorphic_identity": "raises_in_models.half"}

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    lines: Mapped[list["HalfLine"]] = relationship()


class HalfLine(LineOf, Base):
    """Its lines."""

    __tablename__ = "raises_in_models_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("raises_in_models_half.id"))


class Own(Scoped, Base):
    """Rows with an owner."""

    __tablename__ = "raises_in_models_own"
    noun = "raises_in_models.own"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    responsible_id: Mapped[int] = mapped_column(ForeignKey("core_user.id"))


class Halves(Register):
    """A register."""

    name = "raises_in_models.halves"
    item = dimension(Item)
    quantity = exact(Quantity)

    kept = Totals(by=("item",))


raise RuntimeError("half-way")
