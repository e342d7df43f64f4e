"""Certificates: of all goods, and of one item."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.api.clock import wall_clock
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.warehouse.certificates import EDIT, VIEW
from modules.warehouse.certificates.forms import KINDS
from modules.warehouse.certificates.models import Certificate
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.nesting import Tree

_VALID = {
    "expired": _l("expired"),
    "7": _l("within a week"),
    "30": _l("within 30 days"),
    "90": _l("within 90 days"),
}
_later = aliased(Certificate, name="later")


def expires(value: str) -> Any:
    """Says of certificates that they have expired, or do so within so many days, and that none of the same kind for the same
    goods holds longer."""
    today, last = wall_clock().date(), Certificate.valid_until
    when = last < today if value == "expired" else and_(last >= today, last <= today + timedelta(days=int(value)))
    same = or_(_later.item_id == Certificate.item_id, _later.group_id == Certificate.group_id)
    longer = or_(_later.valid_until.is_(None), _later.valid_until > last)
    return and_(when, ~exists().where(same, _later.kind == Certificate.kind, longer))


def certificates_of(session: Session, item: Item) -> Table:
    """Those of an item, with those of the groups that it is in."""
    groups = Tree(session).path(item.group_id)
    return _table(or_(Certificate.item_id == item.id, Certificate.group_id.in_(groups)), item=str(item.id))


def _table(whose: Any = None, **of: str) -> Table:
    query = (
        select()
        .select_from(Certificate)
        .outerjoin(Item, Item.id == Certificate.item_id)
        .outerjoin(ItemGroup, ItemGroup.id == Certificate.group_id)
    )
    own = Link("warehouse.certificate_view", certificate_id="id")
    return Table(
        name="warehouse.certificate",
        title=_l("Standards and certificates"),
        needs=VIEW,
        source=lambda _session: query if whose is None else query.where(whose),
        key=Certificate.id,
        columns=(
            Column("number", _l("Number"), Certificate.number, headline=True, link=own),
            Column("kind", _l("Kind"), Certificate.kind, choices=KINDS, sortable=False),
            Column("name", _l("Name"), Certificate.name, sortable=False),
            *(() if of else (Column("item", _l("Item"), Item.name, nullable=True),)),
            Column("group", _l("Group"), ItemGroup.name, nullable=True),
            Column("issued_by", _l("Issued by"), Certificate.issued_by, sortable=False),
            Column("valid_from", _l("Valid from"), Certificate.valid_from, "date", nullable=True),
            Column("valid_until", _l("Valid until"), Certificate.valid_until, "date", nullable=True),
            Column("id", "", Certificate.id, hidden=True, sortable=False),
        ),
        order="-valid_until",
        search=(func.lower(Certificate.number), func.lower(Certificate.name), Item.folded),
        filters=(
            Filter("kind", _l("Kind"), lambda value: Certificate.kind == value, tuple(KINDS.items())),
            Filter("expires", _l("Expires"), expires, tuple(_VALID.items())),
        ),
        create="warehouse.certificate_new",
        create_needs=EDIT,
        create_title=_l("New certificate"),
        create_arguments=of,
        empty=_l("No standard or certificate yet. Press Insert to add the first."),
        is_found=False,
    )


certificates = _table()
