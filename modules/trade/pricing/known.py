"""What is known of prices before a line is looked at: types, rules and decisions, read once a session until they change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.api.data import forget_all, remembered
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from modules.contacts.api import Folder
from modules.trade.commission.models import CommissionPlace
from modules.trade.points.models import Programme
from modules.trade.pricing.models import (
    AgreedPrice,
    DiscountRule,
    GroupAgreement,
    GroupMargin,
    PriceAgreement,
    PricePolicy,
    PriceType,
)
from modules.trade.pricing.rules import BEST
from modules.warehouse.api import GroupTree

_BOOKS = PastPolicy("what is asked of a customer follows the company's rules, whoever types the line")

_WHAT = "trade.pricing"
#: what there is at all, by one question: most companies begin with none of it
_THERE = (
    PriceType,
    DiscountRule,
    PriceAgreement,
    GroupAgreement,
    AgreedPrice,
    PricePolicy,
    GroupMargin,
    Programme,
    CommissionPlace,
)
_ASKED = select(*(exists().select_from(model.__table__).label(model.__tablename__) for model in _THERE))


@dataclass(frozen=True, slots=True)
class Known:
    """What the company has decided of prices."""

    #: price types by id: rows of their table
    types: Mapping[int, Any]
    #: discounts that are in use, by name
    rules: Sequence[Any]
    #: agreements of folders, by the folder
    of_folders: Mapping[int, Any]
    has_agreements: bool
    has_agreed_prices: bool
    type_id: int | None
    stacking: str
    least_margin: Decimal | None
    #: by group of items
    least_of_groups: Mapping[int, Decimal]
    #: folder → the one that it is in; only where something hangs on folders
    folders: Mapping[int, int | None]
    #: group of items → the one that it is in; only where something hangs on groups
    groups: Mapping[int, int | None]
    #: whether there are loyalty programmes
    has_programmes: bool
    #: whether there are places of goods on commission: of no price, and asked for along with all this before a sale is posted
    has_commission: bool


def known_prices(session: Session) -> Known:
    """What the company has decided of prices, read once a session."""
    known = remembered(session, _WHAT)
    if 0 not in known:
        known[0] = _read(session)
    found: Known = known[0]
    return found


def forget_prices(session: Session) -> None:
    """Read it again the next time, as something of it has changed."""
    session.flush()
    forget_all(session, _WHAT)


def _read(session: Session) -> Known:
    books = _BOOKS(session)
    there = books.execute(_ASKED).one()._mapping

    def rows(model: Any) -> Sequence[Any]:
        if not there[model.__tablename__]:
            return ()
        return books.execute(select(model.__table__).order_by(*model.__table__.primary_key)).all()

    rules = [row for row in rows(DiscountRule) if row.is_active]
    of_folders = {row.folder_id: row for row in rows(GroupAgreement)}
    policy = next((row for row in rows(PricePolicy) if row.organisation_id == organisation_id(session)), None)
    margins = {row.group_id: row.least for row in rows(GroupMargin)}
    needs_folders = bool(of_folders) or any(rule.folder_id for rule in rules)
    needs_groups = bool(margins) or any(rule.group_id for rule in rules)
    folder = Folder.__table__.c
    return Known(
        types={row.id: row for row in rows(PriceType)},
        rules=sorted(rules, key=lambda row: (row.name_order, row.id)),
        of_folders=of_folders,
        has_agreements=there[PriceAgreement.__tablename__],
        has_agreed_prices=there[AgreedPrice.__tablename__],
        type_id=policy.type_id if policy else None,
        stacking=policy.stacking if policy else BEST,
        least_margin=policy.least_margin if policy else None,
        least_of_groups=margins,
        folders={r.id: r.parent_id for r in books.execute(select(folder.id, folder.parent_id))}
        if needs_folders
        else {},
        groups=dict(GroupTree(session).parents) if needs_groups else {},
        has_programmes=there[Programme.__tablename__],
        has_commission=there[CommissionPlace.__tablename__],
    )
