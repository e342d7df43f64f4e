"""Documents of goods on commission, and where these goods lie."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base
from app.api.texts import lazy_gettext as _l
from modules.trade.models import TradeDocument
from modules.warehouse.api import CUSTOMERS, SUPPLIERS

#: whose goods: ours, with an agent who sells them, or a principal's, which we sell
GIVEN, TAKEN = "given", "taken"
#: which way goods go
GIVE, GIVEN_BACK, TAKE, SENT_BACK = "give", "back", "take", "return"
WAYS = {
    GIVE: _l("we give goods to an agent"),
    GIVEN_BACK: _l("an agent gives goods back"),
    TAKE: _l("we take goods from a principal"),
    SENT_BACK: _l("we give goods back to a principal"),
}
DIRECTIONS = {GIVEN: _l("ours, with an agent"), TAKEN: _l("a principal's, with us")}


def direction_of(way: str) -> str:
    """Whose goods go that way."""
    return GIVEN if way in (GIVE, GIVEN_BACK) else TAKEN


class CommissionPlace(Base):
    """Where goods on commission of a contact lie: a warehouse of its own, as their costs are kept apart."""

    audited_as = ""

    __tablename__ = "trade_commission_place"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), primary_key=True, autoincrement=False)
    #: GIVEN or TAKEN
    direction: Mapped[str] = mapped_column(String(8), primary_key=True)
    place_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_place.id"), unique=True)


class CommissionMove(TradeDocument):
    """Goods that go to an agent or come from a principal, or go back. They stay whose they are, and nobody owes anything."""

    __mapper_args__ = {"polymorphic_identity": "trade.commission_move"}
    title, party, prefix = _l("Goods on commission"), _l("Agent or principal"), "CM-"
    outside, goods_leave, debt = SUPPLIERS, 0, 0


class AgentReport(TradeDocument):
    """What an agent has sold of our goods: the sale, and what the agent owes us of it less the commission."""

    __mapper_args__ = {"polymorphic_identity": "trade.agent_report"}
    title, party = _l("Agent's report"), _l("Agent")
    prefix, outside, goods_leave, debt, is_sold = "AR-", CUSTOMERS, 1, 1, True


class PrincipalReport(TradeDocument):
    """What we have sold of a principal's goods: what we owe them of it less our commission."""

    __mapper_args__ = {"polymorphic_identity": "trade.principal_report"}
    title, party = _l("Report to a principal"), _l("Principal")
    prefix, outside, goods_leave, debt, is_bought = "RP-", SUPPLIERS, 0, -1, True
