"""Price types with their dated prices, what is agreed with contacts, discounts, and what the organisation has decided."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.api.clock import utc_now
from app.api.data import Base, Id, Versioned
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money, Percent, Price, Quantity
from modules.contacts.api import OfContact
from modules.trade.pricing.rules import BEST, NEAREST, TYPED
from modules.warehouse.api import Item

_PRICE = {"group": "warehouse.price"}


class PriceType(Versioned, Base):
    """A list of prices: retail, wholesale, export. Where no price of an item is typed, its formula makes one."""

    __tablename__ = "trade_price_type"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True, info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: of its prices
    currency: Mapped[str] = mapped_column(String(3))
    #: whether its prices have the tax in them
    tax_included: Mapped[bool] = mapped_column(default=False)
    #: typed, cost, usual or type
    formula: Mapped[str] = mapped_column(String(10), default=TYPED)
    #: of the formula `type`: the one that it follows
    base_id: Mapped[int | None] = mapped_column(ForeignKey("trade_price_type.id"))
    #: per cent on top of what the formula starts from; below zero: off it
    percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    #: what the formula gives is rounded to a multiple of it, and `ending` added: 1 and 0.90 give 13.90; zero: to the currency
    step: Mapped[Decimal] = mapped_column(Price, default=Decimal(0))
    ending: Mapped[Decimal] = mapped_column(Price, default=Decimal(0))
    #: up, down or nearest
    direction: Mapped[str] = mapped_column(String(10), default=NEAREST)
    #: first and last day; None: no bound
    since: Mapped[date | None]
    until: Mapped[date | None]


class ItemPrice(Base):
    """A price that somebody typed: from a day on, from a quantity on."""

    __tablename__ = "trade_item_price"
    __table_args__ = (UniqueConstraint("type_id", "item_id", "since", "from_quantity"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("trade_price_type.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    since: Mapped[date]
    #: in base units; zero: any
    from_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    #: of one base unit, in the type's currency
    price: Mapped[Decimal] = mapped_column(Price, info=_PRICE)

    item: Mapped[Item] = relationship()


class PriceAgreement(OfContact, Versioned, Base):
    """Which price type a contact has, or documents under one of its contracts, and what is off it."""

    __tablename__ = "trade_price_agreement"
    __table_args__ = (UniqueConstraint("contact_id", "contract_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    #: None: whatever the contract
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_contract.id", ondelete="CASCADE"), index=True)
    #: None: as it would be without
    type_id: Mapped[int | None] = mapped_column(ForeignKey("trade_price_type.id"))
    #: per cent off
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))


class GroupAgreement(Versioned, Base):
    """The same for all contacts of a folder and those in it, unless they have agreed something themselves."""

    __tablename__ = "trade_group_agreement"

    folder_id: Mapped[int] = mapped_column(ForeignKey("contacts_folder.id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("trade_price_type.id"))
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))


class AgreedPrice(OfContact, Base):
    """A special price: one item for one contact, or under one of its contracts. Nothing comes off it."""

    __tablename__ = "trade_agreed_price"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_contract.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    from_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    price: Mapped[Decimal] = mapped_column(Price, info=_PRICE)
    currency: Mapped[str] = mapped_column(String(3))
    tax_included: Mapped[bool] = mapped_column(default=False)
    #: first and last day; None: no last one
    since: Mapped[date]
    until: Mapped[date | None]

    item: Mapped[Item] = relationship()


class DiscountRule(Versioned, Base):
    """A discount that whoever buys gets: by quantity, by what the document comes to, in a period, or 3 for 2."""

    __tablename__ = "trade_discount_rule"
    __table_args__ = (CheckConstraint("paid IS NULL OR (paid > 0 AND paid < taken)", name="promotion"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: what the explanation calls it
    name: Mapped[str] = mapped_column(String(100), info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: per cent off; of a promotion zero
    percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    #: of the line, in base units
    from_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    #: of the document as it is priced, in the organisation's own currency; zero: it doesn't matter
    from_total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: of a promotion: who takes so many pays so many
    taken: Mapped[int | None] = mapped_column(Integer)
    paid: Mapped[int | None] = mapped_column(Integer)
    #: what a customer has to say to get it, in capitals; empty: nothing
    coupon: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: how often the coupon may be used, in all and by one customer; None: as often as they like
    most_uses: Mapped[int | None] = mapped_column(Integer)
    most_by_contact: Mapped[int | None] = mapped_column(Integer)
    #: the same, as the form names them
    take, pay = synonym("taken"), synonym("paid")
    #: on which goods: an item, a group with those in it, or all
    item_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id", ondelete="CASCADE"), index=True)
    #: whose contacts: a folder with those in it, or all
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_folder.id", ondelete="CASCADE"), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class PricePolicy(Versioned, Base):
    """What an organisation has decided about prices."""

    __tablename__ = "trade_price_policy"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    #: whose prices are asked where nobody has agreed others; None: the items' own
    type_id: Mapped[int | None] = mapped_column(ForeignKey("trade_price_type.id"))
    #: best or each: what becomes of several discounts
    stacking: Mapped[str] = mapped_column(String(10), default=BEST)
    #: per cent of what is asked without tax that has to be left over the cost; None: nothing is checked
    least_margin: Mapped[Decimal | None] = mapped_column(Percent)


class GroupMargin(Versioned, Base):
    """The least margin of a group of items and those in it, where it isn't the organisation's."""

    __tablename__ = "trade_group_margin"

    group_id: Mapped[int] = mapped_column(ForeignKey("warehouse_item_group.id", ondelete="CASCADE"), primary_key=True)
    #: per cent
    least: Mapped[Decimal] = mapped_column(Percent)


class PriceRun(Base):
    """Prices that somebody changed together."""

    audited_as = ""

    __tablename__ = "trade_price_run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), index=True)
    #: None: the items' own prices
    type_id: Mapped[int | None] = mapped_column(ForeignKey("trade_price_type.id", ondelete="CASCADE"), index=True)
    #: from which day on
    since: Mapped[date]
    #: per cent by which they changed
    percent: Mapped[Decimal] = mapped_column(Percent)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: UTC; since when it is undone
    undone_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship()
    type: Mapped[PriceType | None] = relationship()


class PriceRunLine(Base):
    """A price that a run changed."""

    audited_as = ""

    __tablename__ = "trade_price_run_line"

    run_id: Mapped[int] = mapped_column(ForeignKey("trade_price_run.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: what stood in that very place before; None: nothing did
    before: Mapped[Decimal | None] = mapped_column(Price)
    after: Mapped[Decimal] = mapped_column(Price)


#: formula → what it starts from
FORMULAS = {
    TYPED: _l("Typed by hand"),
    "cost": _l("From the cost"),
    "usual": _l("From the item's sales price"),
    "type": _l("From another price type"),
}
