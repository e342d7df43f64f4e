"""Loyalty programmes are set up and changed; their figures are checked here."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent
from modules.contacts.api import Folder
from modules.trade.points.known import forget_points
from modules.trade.points.models import ExcludedGroup, Programme
from modules.trade.pricing.types import check_period
from modules.warehouse.api import ItemGroup

EDIT = "trade.points.edit"
#: points that somebody counts, and months that somebody waits
_MOST, _MOST_MONTHS = 1_000_000, 600


def save_programme(
    session: Session,
    actor: Actor,
    programme: Programme | None = None,
    *,
    version: int | None = None,
    excluded: Collection[int] | None = None,
    **fields: Any,
) -> Programme:
    """Set up a programme, or change what is given of one. `excluded`: groups of items on which points are neither earned nor
    spent. What was earned keeps its last day.

    Refused: no name, one that is taken; points, amounts, a share or months that can't be right; a folder or group that there
    isn't; what somebody has changed since `version` (Changed).
    """
    require(actor, EDIT)
    is_new = programme is None
    if programme is None:
        programme = Programme(
            organisation_id=organisation_id(session), is_active=True, of_net=False, most_share=Decimal(100)
        )
    else:
        begin_version(session, programme, version)
    for name, value in kept(Programme, fields).items():
        setattr(programme, name, value)
    with session.no_autoflush:
        _check(session, programme)
        if excluded is not None:
            _exclude(session, programme, set(excluded))
    session.add(programme)
    session.flush()
    forget_points(session)
    verb = "create" if is_new else "change"
    record(
        session,
        f"trade.points_programme.{verb}",
        subject="trade.points_programme",
        subject_id=programme.id,
        summary=programme.name,
    )
    return programme


def programme_by_id(session: Session, programme_id: int) -> Programme:
    """The programme; NotFound where the organisation has none of this number."""
    programme = session.get(Programme, programme_id)
    if programme is None or programme.organisation_id != organisation_id(session):
        raise NotFound(_l("There is no such programme."))
    return programme


def _check(session: Session, programme: Programme) -> None:
    if not programme.name:
        raise Invalid(_l("Please fill this in."), field="name")
    same = select(Programme.id).where(
        Programme.organisation_id == programme.organisation_id,
        Programme.id != (programme.id or 0),
        Programme.name == programme.name,
    )
    if session.scalars(same).first() is not None:
        raise Conflict(_l("There is “%(name)s” already.", name=programme.name), field="name")
    if not 0 < (programme.earns or 0) <= _MOST:
        raise Invalid(_l("Points are from 1 to %(most)s.", most=_MOST), field="earns")
    for field in ("per", "worth"):
        amount = getattr(programme, field)
        if amount is None or not Money.holds(amount) or not 0 < amount <= _MOST:
            raise Invalid(_l("An amount above zero, with at most four digits after the point."), field=field)
    if not Percent.holds(programme.most_share) or not 0 < programme.most_share <= 100:
        raise Invalid(_l("A share is above 0 and at most 100 per cent."), field="most_share")
    if programme.months is not None and not 0 < programme.months <= _MOST_MONTHS:
        raise Invalid(
            _l("Months are from 1 to %(most)s; empty: points don't expire.", most=_MOST_MONTHS), field="months"
        )
    if programme.folder_id is not None and session.get(Folder, programme.folder_id) is None:
        raise NotFound(_l("There is no such folder."))
    check_period(programme.since, programme.until)


def _exclude(session: Session, programme: Programme, groups: set[int]) -> None:
    there = set(session.scalars(select(ItemGroup.id).where(ItemGroup.id.in_(groups)))) if groups else set()
    if there != groups:
        raise NotFound(_l("There is no such group of items."))
    known = {row.group_id: row for row in programme.excluded}
    programme.excluded = [known.get(group) or ExcludedGroup(group_id=group) for group in sorted(groups)]
