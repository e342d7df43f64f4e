"""The contacts' reports: who owes whom, now or at a past day, what is open, and how many there are of each kind."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from app.api.web import Table
from modules.contacts import tables
from modules.contacts.ageing import aged_items as aged_items
from modules.contacts.ageing import ageing as ageing
from modules.contacts.analysis import report as analysis
from modules.contacts.groups import chosen_group, groups_offered

__all__ = ["analysis", "balances", "open_items"]

balances = Report.on(
    tables.balances,
    _l("Who owes whom how much, now or at the end of a day."),
    parameters=(Parameter("at", _l("At the end of")),),
    of=lambda session, asked: tables.balances_at(session, asked["at"]),
    endpoint="contacts.balance_list",
)


def _open_items(session: Session, asked: Mapping[str, Any]) -> Table:
    return tables.open_items_of(among=chosen_group(session, asked["group"]).member_of)


open_items = Report.on(
    tables.open_items,
    _l("Every document of which something is still to be paid, with the day on which it is due."),
    parameters=(Parameter("group", _l("Group of companies"), "choice", groups_offered),),
    of=_open_items,
    endpoint="contacts.open_item_list",
)
