"""The lists of tills and of their shifts."""

from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import aliased

from app.api.reference import organisation_id
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Link, Table
from modules.contacts.api import MoneyAccount
from modules.trade.till.models import Shift, Till
from modules.trade.till.shifts import VIEW
from modules.trade.till.tills import EDIT
from modules.warehouse.api import Place

_Closer = aliased(User)

tills = Table(
    name="trade.till",
    title=_l("Tills"),
    needs=EDIT,
    source=lambda session: (
        select()
        .select_from(Till)
        .join(Place, Place.id == Till.place_id)
        .join(MoneyAccount, MoneyAccount.id == Till.cash_account_id)
        .where(Till.organisation_id == organisation_id(session))
    ),
    key=Till.id,
    columns=(
        Column("name", _l("Name"), Till.name, headline=True, link=Link("trade.till_edit", till_id="id")),
        Column("place", _l("Warehouse"), Place.name),
        Column("desk", _l("Cash desk"), MoneyAccount.name),
        Column("in_use", _l("In use"), Till.is_active, "flag"),
        Column("id", "", Till.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(Till.name),),
    create="trade.till_new",
    create_needs=EDIT,
    create_title=_l("New till"),
    empty=_l("No till yet. Press Insert to set one up."),
    is_found=False,
)

shifts = Table(
    name="trade.shift",
    title=_l("Shifts"),
    needs=VIEW,
    source=lambda session: (
        select()
        .select_from(Shift)
        .join(Till, Till.id == Shift.till_id)
        .join(MoneyAccount, MoneyAccount.id == Till.cash_account_id)
        .outerjoin(User, User.id == Shift.opened_by_id)
        .outerjoin(_Closer, _Closer.id == Shift.closed_by_id)
        .where(Till.organisation_id == organisation_id(session))
    ),
    key=Shift.id,
    columns=(
        Column(
            "opened",
            _l("Opened"),
            Shift.opened_at,
            "moment",
            headline=True,
            link=Link("trade.shift_report", shift_id="id"),
        ),
        Column("till", _l("Till"), Till.name),
        Column("cashier", _l("Opened by"), User.name, nullable=True),
        Column("closed", _l("Closed"), Shift.closed_at, "moment", nullable=True, absent=_l("open")),
        Column("closer", _l("Closed by"), _Closer.name, nullable=True),
        Column("expected", _l("Cash expected"), Shift.expected, "money", currency="currency", nullable=True),
        Column("counted", _l("Cash counted"), Shift.counted, "money", currency="currency", nullable=True),
        Column(
            "difference",
            _l("Difference"),
            type_coerce(Shift.counted - Shift.expected, Money),
            "money",
            currency="currency",
            nullable=True,
        ),
        Column("currency", _l("Currency"), MoneyAccount.currency),
        Column("id", "", Shift.id, hidden=True, sortable=False),
    ),
    order="-opened",
    search=(func.lower(Till.name), func.lower(User.name)),
    empty=_l("No shift yet."),
    is_found=False,
)
