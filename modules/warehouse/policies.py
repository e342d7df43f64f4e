"""How goods cost, as postings go by it: read once nobody can decide otherwise any more, as they hold their organisation."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import forget_all, remembered
from app.api.ledger import Posting
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from modules.warehouse.costing import AVERAGE
from modules.warehouse.models import FIRST_WAREHOUSE, CostPolicy, Item, ItemGroup, Place

_BOOKS = PastPolicy("how goods cost is decided for everybody, and holds no cost itself")

_ITEM, _GROUP, _POLICY = Item.__table__.c, ItemGroup.__table__.c, CostPolicy.__table__.c
_METHODS, _POOL = "warehouse.costing", "warehouse.pool"
_METHODS_ASKED = (
    "SELECT i.id, g.costing FROM warehouse_item i JOIN warehouse_item_group g ON g.id = i.group_id WHERE i.id IN "
)
_POOL_ASKED = "SELECT pool FROM warehouse_cost_policy WHERE organisation_id = ?"


def questions(posting: Posting, items: Collection[int]) -> list[tuple[str, Sequence[Any]]]:
    """Asks how items cost and what shares a cost, by the journey of other questions; `learn` takes the answers."""
    marks = ", ".join("?" * len(items))
    return [(_METHODS_ASKED + f"({marks})", sorted(items)), (_POOL_ASKED, (posting.organisation_id,))]


def learn(session: Session, items: Collection[int], answers: Sequence[Sequence[Any]]) -> None:
    """Take what `questions` were answered, instead of whatever the session knew."""
    methods, shared = answers
    forget_all(session, _METHODS)
    forget_all(session, _POOL)
    remembered(session, _METHODS).update({**dict.fromkeys(items, AVERAGE), **{row[0]: row[1] for row in methods}})
    remembered(session, _POOL)[0] = shared[0][0] if shared else "warehouse"


def costing_of(session: Session, items: Collection[int]) -> dict[int, str]:
    """How each item costs when it leaves: one of `costing.METHODS`, as its group says."""
    known = remembered(session, _METHODS)
    if missing := set(items) - known.keys():
        asked = (
            select(_ITEM.id, func.coalesce(_GROUP.costing, AVERAGE))
            .outerjoin_from(Item.__table__, ItemGroup.__table__, _GROUP.id == _ITEM.group_id)
            .where(_ITEM.id.in_(missing))
        )
        known |= {row[0]: row[1] for row in _BOOKS(session).execute(asked)}
    return {i: known[i] for i in items}


def policy_of(session: Session) -> CostPolicy:
    """What was decided about costs; its version is 0 before anything was."""
    own = organisation_id(session)
    return session.get(CostPolicy, own) or CostPolicy(organisation_id=own, pool="warehouse", version=0)


def pool_of(session: Session) -> str:
    """What shares one cost: the goods of a `warehouse`, or of the whole `company`."""
    known = remembered(session, _POOL)
    if 0 not in known:
        asked = select(_POLICY.pool).where(_POLICY.organisation_id == organisation_id(session))
        known[0] = _BOOKS(session).scalar(asked) or "warehouse"
    return str(known[0])


def shares_company_cost(session: Session) -> bool:
    """Whether all goods of the company share one cost, wherever they lie."""
    return pool_of(session) == "company"


def pool_of_warehouse(session: Session, warehouse: int) -> int:
    """The pool that goods of a warehouse share their cost with; 0 outside the company."""
    return FIRST_WAREHOUSE if warehouse and pool_of(session) == "company" else warehouse


def pool_expression(session: Session) -> Any:
    """The pool of a place, in SQL over the model of places."""
    return FIRST_WAREHOUSE if pool_of(session) == "company" else func.coalesce(Place.warehouse_id, Place.id)
