"""The lists of loyalty programmes and changes of points, and the report of points."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, String, and_, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import moved_between, standing
from app.api.reference import organisation_id
from app.api.reports import Parameter, Report
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from app.api.web import Column, Filter, Link, Table, journal
from modules.contacts.api import Contact, ContactSearch, by_head
from modules.trade.points import VIEW
from modules.trade.points.changing import POINTS_CHANGE
from modules.trade.points.models import REASONS, PointsChange, Programme
from modules.trade.points.register import Points

EDIT = "trade.points.edit"

programmes = Table(
    name="trade.points_programme",
    title=_l("Loyalty programmes"),
    needs=EDIT,
    source=lambda session: select().select_from(Programme).where(Programme.organisation_id == organisation_id(session)),
    key=Programme.id,
    columns=(
        Column(
            "name",
            _l("Name"),
            Programme.name,
            headline=True,
            link=Link("trade.points_programme_edit", programme_id="id"),
        ),
        Column("earns", _l("Points earned"), Programme.earns, "integer"),
        Column("per", _l("For each full"), Programme.per, "money"),
        Column("worth", _l("One point is worth"), Programme.worth, "money"),
        Column("most_share", _l("Payable in points, %"), Programme.most_share, "quantity"),
        Column("months", _l("Points hold, months"), Programme.months, "integer", nullable=True),
        Column("since", _l("First day"), Programme.since, "date", nullable=True),
        Column("until", _l("Last day"), Programme.until, "date", nullable=True),
        Column("is_active", _l("In use"), Programme.is_active, "flag"),
        Column("id", "", Programme.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(Programme.name),),
    create="trade.points_programme_new",
    create_needs=EDIT,
    create_title=_l("New programme"),
    empty=_l("No loyalty programme yet. Press Insert to set one up: customers earn points from then on."),
    is_found=False,
)

changes = journal(
    POINTS_CHANGE,
    Column("summary", _l("Contact"), PointsChange.summary),
    Column("programme", _l("Loyalty programme"), Programme.name),
    Column("reason", _l("Why"), PointsChange.reason, choices=REASONS),
    Column("points", _l("Points"), PointsChange.points, "integer"),
    Column("note", _l("Note"), PointsChange.note, sortable=False),
    source=lambda _session: (
        select().select_from(PointsChange).join(Programme, Programme.id == PointsChange.programme_id)
    ),
    search=(func.lower(PointsChange.summary), FoundBy(ContactSearch, PointsChange.contact_id)),
    filters=(Filter("reason", _l("Why"), lambda value: PointsChange.reason == value, tuple(REASONS.items())),),
    title=_l("Changes of points"),
    create_title=_l("Give or take points"),
    empty=_l("No points were given or taken by hand yet, and none have expired."),
)


def points_between(session: Session, since: date | None, until: date | None) -> Table:
    """A row for each customer and programme: what was open before, what became of points on the days from `since` to `until`,
    both included, and what was open then. Merged contacts are one."""
    stood = by_head(standing(session, Points.balance, until, by=("contact", "programme")), keys=("programme_id",))
    moved = by_head(
        moved_between(session, Points.balance, since, until, by=("contact", "programme")),
        keys=("programme_id",),
        name="moved_by_head",
    )
    s, m = stood.c, moved.c

    def of(column: Any) -> Any:
        return type_coerce(func.coalesce(type_coerce(column, BigInteger), 0), Quantity)

    before = type_coerce(
        type_coerce(s.points, BigInteger) - func.coalesce(type_coerce(m.points, BigInteger), 0), Quantity
    )
    is_any = or_(
        type_coerce(s.points, BigInteger) != 0,
        *(type_coerce(m[name], BigInteger) != 0 for name in ("earned", "spent", "expired", "corrected")),
    )
    same = and_(m.contact_id == s.contact_id, m.programme_id == s.programme_id)
    moves = (("earned", _l("Earned")), ("spent", _l("Spent")), ("expired", _l("Expired")), ("corrected", _l("By hand")))
    return Table(
        name="trade.points",
        title=_l("Bonus points"),
        needs=VIEW,
        source=lambda _session: (
            select()
            .select_from(stood)
            .outerjoin(moved, same)
            .join(Contact, Contact.id == s.contact_id)
            .join(Programme, Programme.id == s.programme_id)
            .where(is_any)
        ),
        key=cast(s.contact_id, String) + ":" + cast(s.programme_id, String),
        key_type=str,
        columns=(
            Column(
                "contact",
                _l("Contact"),
                Contact.name,
                headline=True,
                link=Link("trade.contact_points", contact_id="contact_id"),
            ),
            Column("programme", _l("Loyalty programme"), Programme.name),
            Column("before", _l("Open before"), before, "quantity", summed=("programme",)),
            *(Column(name, title, of(m[name]), "quantity", summed=("programme",)) for name, title in moves),
            Column("points", _l("Open"), s.points, "quantity", summed=("programme",)),
            Column("contact_id", "", Contact.id, hidden=True, sortable=False),
        ),
        order="contact",
        search=(FoundBy(ContactSearch),),
        empty=_l("Nobody had points on these days."),
        is_found=False,
    )


points_report = Report(
    "trade.points",
    _l("Bonus points"),
    VIEW,
    _l("Points earned, spent, expired and corrected by customer, and those that are open."),
    of=lambda session, asked: points_between(session, asked.get("since"), asked.get("until")),
    parameters=(Parameter("since", _l("Since")), Parameter("until", _l("Until"))),
    endpoint="trade.points_list",
)
