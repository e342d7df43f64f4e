"""Tax codes and their rates, what has which of them, and what an organisation decided about taxes."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money, Percent


class TaxCode(Versioned, Base):
    """One way to be taxed: at a rate that changes from a day on, or at none, and why."""

    __tablename__ = "trade_tax_code"
    title = _l("Tax code")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True, info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: a key of `categories.CATEGORIES`; it never changes, as documents keep it beside the rate
    category: Mapped[str] = mapped_column(String(2))
    #: what the paper says where there is no tax: the law's words
    reason: Mapped[str] = mapped_column(Text, default="")
    #: whether it is offered
    is_active: Mapped[bool] = mapped_column(default=True)

    rates: Mapped[list["TaxRate"]] = relationship(
        order_by="TaxRate.since", cascade="all, delete-orphan", passive_deletes=True
    )


class TaxRate(Base):
    """From which day on a code has which rate."""

    __tablename__ = "trade_tax_rate"

    code_id: Mapped[int] = mapped_column(ForeignKey("trade_tax_code.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    #: per cent
    rate: Mapped[Decimal] = mapped_column(Percent)


class TaxDefault(Base):
    """The code of an item, of a group of items, or of a contact: one of the three."""

    __tablename__ = "trade_tax_default"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN item_id IS NULL THEN 0 ELSE 1 END + CASE WHEN group_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN contact_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("trade_tax_code.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item.id", ondelete="CASCADE"), unique=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id", ondelete="CASCADE"), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), unique=True)

    code: Mapped[TaxCode] = relationship()


class TaxPolicy(Versioned, Base):
    """The codes that an organisation uses where nothing nearer says otherwise (`deciding.Policy`)."""

    __tablename__ = "trade_tax_policy"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    code_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"))
    export_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"))
    reverse_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"))
    abroad_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"))


class CashStep(Base):
    """To which amounts what is paid in cash is rounded, by currency."""

    __tablename__ = "trade_cash_step"

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    #: the smallest coin, such as 0.05
    step: Mapped[Decimal] = mapped_column(Money)
