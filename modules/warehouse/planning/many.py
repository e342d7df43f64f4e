"""Planning the goods of a whole group alike."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import GOODS, Item
from modules.warehouse.nesting import in_group
from modules.warehouse.planning import EDIT
from modules.warehouse.planning.operations import rules_at, set_rules

#: more items aren't planned in one go
MOST = 20_000


def set_for_group(
    session: Session, actor: Actor, *, group_id: int | None, place_id: int, replaces: bool = False, **values: Any
) -> int:
    """Plan all goods in use of a group and the groups in it (None: of all) alike for a warehouse; gives of how many it changed
    something. Unless it `replaces`, what is planned already stays.

    Refused, all of it: what `set_rules` refuses; a group without goods, or more than MOST (Invalid).
    """
    require(actor, EDIT)
    query = select(Item.id).where(Item.kind == GOODS, Item.is_active).limit(MOST + 1)
    items = session.scalars(query if group_id is None else query.where(in_group(group_id))).all()
    if not items:
        raise Invalid(_l("There are no goods in this group."), field="group_id")
    if len(items) > MOST:
        raise Invalid(_l("More than %(n)s items can't be planned at once: choose a group.", n=MOST), field="group_id")
    keys = [(item, place_id) for item in items]
    known = {} if replaces else rules_at(session, keys)
    made, changed = set_rules(session, actor, {key: values for key in keys if key not in known}, audited=False)
    if made + changed:
        record(session, "warehouse.planning.set", summary=f"{made} new, {changed} changed")
    return made + changed
