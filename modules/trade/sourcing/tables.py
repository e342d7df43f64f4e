"""The lists of whoever buys."""

from sqlalchemy import func, select

from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, journal
from modules.trade.sourcing.models import SupplierRequest
from modules.trade.sourcing.requests import REQUEST

supplier_requests = journal(
    REQUEST,
    Column("summary", _l("Items"), SupplierRequest.summary),
    Column("wanted", _l("Needed by"), SupplierRequest.wanted, "date", nullable=True),
    Column("responsible", _l("Responsible"), User.name, nullable=True),
    source=lambda session: (
        select().select_from(SupplierRequest).outerjoin(User, User.id == SupplierRequest.responsible_id)
    ),
    search=(func.lower(SupplierRequest.summary),),
    title=_l("Requests to suppliers"),
    create_title=_l("New request to suppliers"),
    empty=_l("No request to suppliers yet. Press Insert to make one."),
)
