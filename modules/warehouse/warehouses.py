"""Writing warehouses: added, renamed, closed once they are empty, opened again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version, forget_all
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import Organisation
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import BLOCK, FIRST_WAREHOUSE, Place
from modules.warehouse.places import places_by_id
from modules.warehouse.registers import Stock
from modules.warehouse.rules import check_policy

_BOOKS = PastPolicy(
    "whether anything lies in a warehouse or is kept there, and which codes are taken: yes or no to anybody"
)


_PLACE = Place.__table__.c


def create_place(
    session: Session,
    actor: Actor,
    *,
    code: str,
    name: str,
    below_zero: str = BLOCK,
    refilled_from_id: int | None = None,
    is_on_commission: bool = False,
) -> Place:
    """A new warehouse, or a place of goods on commission; `below_zero` is one of BELOW_ZERO. Refused: no code or name, one
    that is too long, a code that is taken, no such policy; whoever is limited to some warehouses (Conflict); what
    `_refuse_source` refuses."""
    require(actor, "warehouse.place.edit")
    check_policy(below_zero)
    if Place.noun in actor.limits:
        raise Conflict(_l("Who is limited to some warehouses adds no other."), field="name")
    fields = _checked(session, {"code": code, "name": name})
    newest = session.scalars(select(func.max(Place.id))).one()
    place = Place(
        id=max(newest + 1, FIRST_WAREHOUSE),
        below_zero=below_zero,
        refilled_from_id=refilled_from_id,
        is_on_commission=is_on_commission,
        **fields,
    )
    _refuse_source(session, place)
    session.add(place)
    session.flush()
    record(session, "warehouse.place.create", subject="warehouse.place", subject_id=place.id, summary=place.code)
    return place


def change_place(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    code: str,
    name: str,
    is_active: bool = True,
    below_zero: str | None = None,
    refilled_from_id: int | None = None,
    version: int | None = None,
) -> None:
    """Rename a warehouse, close it or open it again, or decide what happens when goods would fall `below_zero` in it (None: as
    before), and from where it is refilled (None: from no other); documents show its new name.

    Refused: what `create_place` refuses; to close one in which goods lie, are kept for somebody or will be moved by what is
    dated ahead, or the last open one; a warehouse saved since `version` (Changed).
    """
    require(actor, "warehouse.place.edit")
    check_policy(below_zero or place.below_zero)
    begin_version(session, place, version)
    fields = _checked(session, {"code": code, "name": name}, place)
    was_open = place.is_active
    if was_open and not is_active:
        _refuse_to_close(session, place)
    place.code, place.name, place.is_active = fields["code"], fields["name"], is_active
    place.below_zero = below_zero or place.below_zero
    if place.refilled_from_id != refilled_from_id:
        place.refilled_from_id = refilled_from_id
        _refuse_source(session, place)
    session.flush()
    forget_all(session, "warehouse.place")
    verb = "change" if was_open == is_active else "reopen" if is_active else "close"
    record(session, f"warehouse.place.{verb}", subject="warehouse.place", subject_id=place.id, summary=place.code)


def warehouse_id(session: Session, place_id: int, *, is_sent_to: bool = False) -> int:
    """`place_id`, when it is a warehouse of ours that is open to the session's actor, or to which goods are sent; otherwise
    NotFound. A session asks for each once."""
    try:
        where = places_by_id(session, {place_id})[place_id]
    except NotFound:
        where = None
    limits = session.info["actor"].limits.get(Place.noun)
    if where is None or where.warehouse != place_id or (limits and not is_sent_to and place_id not in limits):
        raise NotFound(Place.limit_refusal)
    return place_id


def warehouse_by_id(session: Session, place_id: int) -> Place:
    """The warehouse; NotFound when there is none, as the places outside are none."""
    place = session.get(Place, place_id)
    if place is None or place.id < FIRST_WAREHOUSE:
        raise NotFound
    return place


def _checked(session: Session, fields: Mapping[str, Any], known: Place | None = None) -> dict[str, Any]:
    values = kept(Place, fields)
    for name in ("code", "name"):
        if not values[name]:
            raise Invalid(_l("A warehouse needs a code and a name."), field=name)
    taken = _BOOKS(session).scalar(select(Place.id).where(Place.code == values["code"]))
    if taken is not None and (known is None or taken != known.id):
        raise Conflict(_l("The code “%(code)s” is taken.", code=values["code"]), field="code")
    return values


def _refuse_source(session: Session, place: Place) -> None:
    """Refuse (Invalid) a warehouse that would be refilled from itself, or over others that are refilled from it."""
    source, seen = place.refilled_from_id, {place.id}
    with session.no_autoflush:
        while source is not None:
            if source in seen:
                words = _l("Goods would go round in a circle: choose a warehouse that isn't refilled from this one.")
                raise Invalid(words, field="refilled_from_id")
            seen.add(source)
            found = _BOOKS(session).execute(select(_PLACE.refilled_from_id).where(_PLACE.id == source)).one_or_none()
            if found is None or source < FIRST_WAREHOUSE:
                raise Invalid(_l("Choose from the list."), field="refilled_from_id")
            source = found[0]


def _refuse_to_close(session: Session, place: Place) -> None:
    """Postings under way are waited for, and those that come later see it closed.

    Where nothing is dated ahead, the totals are what lies there now.
    """
    session.scalars(select(Organisation.id).order_by(Organisation.id).with_for_update()).all()
    bins = select(Place.id).where((Place.id == place.id) | (Place.warehouse_id == place.id))
    held, claims = Stock.on_hand.table.c, Stock.claims.table.c
    lies = select(held.item_id).where(held.place_id.in_(bins), held.quantity != 0).limit(1)
    e = Stock.entries.c
    comes, goes = e.place_to_id.in_(bins), e.place_from_id.in_(bins)
    sign = case((comes, 1), else_=0) - case((goes, 1), else_=0)
    moves = (
        select(e.document_id)
        .where(e.organisation_id.in_(select(Organisation.id)), e.moment > wall_clock(), comes | goes)
        .group_by(e.document_id, e.item_id)
        .having(func.sum(sign * type_coerce(e.quantity, BigInteger)) != 0)  # what is reversed moves nothing
        .limit(1)
    )
    kept_there = select(claims.item_id).where(claims.warehouse_id == place.id, claims.quantity != 0).limit(1)
    if _BOOKS(session).scalar(moves) is not None:
        raise Conflict(
            _l(
                "Documents that are dated ahead move goods in “%(name)s”. Give them another day or warehouse, or reverse them;"
                " then it can be closed.",
                name=place.name,
            ),
            field="is_active",
        )
    if any(_BOOKS(session).scalar(question) is not None for question in (lies, kept_there)):
        raise Conflict(
            _l(
                "Goods lie in “%(name)s” or are kept there. Transfer them or write them off first; then it can be closed.",
                name=place.name,
            ),
            field="is_active",
        )
    others = (Place.is_active, Place.id >= FIRST_WAREHOUSE, Place.warehouse_id.is_(None), Place.id != place.id)
    if _BOOKS(session).scalar(select(Place.id).where(*others)) is None:
        raise Conflict(_l("This is the last open warehouse; documents need one."), field="is_active")
