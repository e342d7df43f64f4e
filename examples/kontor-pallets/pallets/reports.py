"""How many pallets went to and fro in a period."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.ledger import moved_between
from app.api.reports import Parameter, Report
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table
from modules.contacts.api import Contact, ContactSearch
from pallets.registers import Balance


def _new_year() -> str:
    return wall_clock().date().replace(month=1, day=1).isoformat()


def _moved(session: Session, asked: Mapping[str, Any]) -> Table:
    return _table(moved_between(session, Balance.owed, asked.get("since"), asked.get("until"), by=("contact",)))


def _table(moved: Any) -> Table:
    """Given and taken by contact; `moved` has both, and by how much the contact owes us more."""
    return Table(
        name="pallets.turnover",
        title=_l("Pallets to and fro"),
        needs="pallets.exchange.view",
        source=lambda _: select().select_from(Contact).join(moved, moved.c.contact_id == Contact.id),
        key=Contact.id,
        columns=(
            Column(
                "contact",
                _l("Contact"),
                Contact.name,
                headline=True,
                link=Link("pallets.contact_exchanges", contact_id="id"),
            ),
            Column("given", _l("Given"), moved.c.pallets_in, "quantity"),
            Column("taken", _l("Taken"), moved.c.pallets_out, "quantity"),
            Column("id", "", Contact.id, hidden=True, sortable=False),
        ),
        order="contact",
        search=(FoundBy(ContactSearch),),
        empty=_l("No pallet went anywhere in these days."),
    )


turnover = Report(
    "pallets.turnover",
    _l("Pallets to and fro"),
    "pallets.exchange.view",
    _l("How many pallets each contact took and gave in a period."),
    of=_moved,
    parameters=(Parameter("since", _l("Since"), default=_new_year), Parameter("until", _l("Until"))),
)
