"""A standard, certificate or declaration of conformity."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Item, ItemGroup

STANDARD, CERTIFICATE, DECLARATION = "standard", "certificate", "declaration"


class Certificate(Versioned, Base):
    """That an item, or whatever is in a group, follows a standard, or was found to."""

    __tablename__ = "warehouse_certificate"
    __table_args__ = (CheckConstraint("(item_id IS NULL) <> (group_id IS NULL)", name="of"),)
    title = _l("Certificate")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: of which item, or else of all goods in which group, however deep
    item_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    #: STANDARD, CERTIFICATE or DECLARATION
    kind: Mapped[str] = mapped_column(String(11))
    #: such as GOST 7798-70
    number: Mapped[str] = mapped_column(String(100))
    #: what it is called or says
    name: Mapped[str] = mapped_column(String(300), default="")
    issued_by: Mapped[str] = mapped_column(String(200), default="")
    #: the first and the last day on which it holds; None: nobody has said, or without end
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None] = mapped_column(index=True)

    item: Mapped[Item | None] = relationship()
    group: Mapped[ItemGroup | None] = relationship()
