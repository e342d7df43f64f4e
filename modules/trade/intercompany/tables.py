"""What own organisations owe each other by both sides' books, and as which contacts they trade."""

from typing import Any

from sqlalchemy import BigInteger, String, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.reference import Organisation
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Link, Table
from modules.contacts.api import Contact, Settlements
from modules.trade.intercompany.models import OwnContact
from modules.trade.intercompany.operations import EDIT, VIEW
from modules.warehouse.api import Place

_First, _Second = aliased(Organisation), aliased(Organisation)


def between(session: Session) -> Table:
    """A row for each two organisations and currency: what the books of each say, and what they differ by, which is zero. Of
    those alone whose books are both open to the actor."""
    owed = _owed(session)
    is_turned = owed.c.organisation_id > owed.c.other_id
    first, second = (
        case((is_turned, owed.c.other_id), else_=owed.c.organisation_id),
        case((is_turned, owed.c.organisation_id), else_=owed.c.other_id),
    )
    units = type_coerce(owed.c.units, BigInteger)
    sums = (
        select(
            first.label("first_id"),
            second.label("second_id"),
            owed.c.currency,
            cast(func.sum(case((is_turned, 0), else_=units)), BigInteger).label("ours"),
            cast(func.sum(case((is_turned, units), else_=0)), BigInteger).label("theirs"),
        )
        .group_by(first, second, owed.c.currency)
        .subquery("sums")
        .c
    )

    def shown(name: str, title: object, value: Any) -> Column:
        return Column(
            name,
            title,
            type_coerce(value, Money),
            "money",
            currency="currency",
            closed="contacts.financial",
            summed=None,
        )

    return Table(
        name="trade.own_balance",
        title=_l("Between own organisations"),
        needs=VIEW,
        source=lambda _session: (
            select()
            .select_from(_First)
            .join(sums.first_id.table, sums.first_id == _First.id)
            .join(_Second, _Second.id == sums.second_id)
        ),
        key=cast(sums.first_id, String) + ":" + cast(sums.second_id, String) + ":" + sums.currency,
        key_type=str,
        columns=(
            Column("first", _l("Organisation"), _First.name, headline=True),
            Column("second", _l("Other organisation"), _Second.name),
            Column("currency", _l("Currency"), sums.currency),
            shown("ours", _l("By the books of the first: it is owed"), sums.ours),
            shown("theirs", _l("By the books of the other: it is owed"), sums.theirs),
            shown("difference", _l("Difference"), sums.ours + sums.theirs),
        ),
        order="first",
        search=(func.lower(_First.name), func.lower(_Second.name)),
        empty=_l("Nothing has been sold between own organisations yet."),
        is_found=False,
    )


def _owed(session: Session) -> Any:
    """What each organisation is owed by each other one, by its own books and currency, what is dated ahead included."""
    balance, books = Settlements.balance.table, session.info["actor"].books
    both = (balance.c.organisation_id.in_(books), OwnContact.organisation_id.in_(books)) if books else ()
    return (
        select(
            balance.c.organisation_id,
            OwnContact.organisation_id.label("other_id"),
            balance.c.currency,
            cast(func.sum(type_coerce(balance.c.amount, BigInteger)), BigInteger).label("units"),
        )
        .join_from(OwnContact, balance, balance.c.contact_id == OwnContact.contact_id)
        .join(Contact, Contact.id == OwnContact.contact_id)
        .where(balance.c.organisation_id != OwnContact.organisation_id)
        .where(*both)
        .where(balance.c.organisation_id.in_(select(OwnContact.organisation_id).correlate(None)))
        .group_by(balance.c.organisation_id, OwnContact.organisation_id, balance.c.currency)
        .subquery("owed")
    )


own_contacts = Table(
    name="trade.own_contact",
    title=_l("Organisations and their contacts"),
    needs=EDIT,
    source=lambda session: (
        select()
        .select_from(Organisation)
        .outerjoin(OwnContact, OwnContact.organisation_id == Organisation.id)
        .outerjoin(Contact, Contact.id == OwnContact.contact_id)
        .outerjoin(Place, Place.id == OwnContact.place_id)
    ),
    key=Organisation.id,
    columns=(
        Column(
            "name",
            _l("Organisation"),
            Organisation.name,
            headline=True,
            link=Link("trade.own_contact_edit", organisation_id="id"),
        ),
        Column("contact", _l("Contact"), Contact.name, nullable=True, absent=_l("not said yet")),
        Column("place", _l("Warehouse"), Place.name, nullable=True),
        Column("is_automatic", _l("By itself"), func.coalesce(OwnContact.is_automatic, False), "flag", sortable=False),
        Column("id", "", Organisation.id, hidden=True, sortable=False),
    ),
    order="name",
    is_found=False,
)
