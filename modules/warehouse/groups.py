"""Writing groups of items that are there: renamed, moved, removed."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget_all, pieces, remove_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.certificates.models import Certificate
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.nesting import Tree
from modules.warehouse.operations import change_items, refuse_other_costing, wait_for_postings
from modules.warehouse.rules import group_name


def group_by_id(session: Session, group_id: int) -> ItemGroup:
    """The group; NotFound when there is none."""
    group = session.get(ItemGroup, group_id)
    if group is None:
        raise NotFound
    return group


def change_group(
    session: Session,
    actor: Actor,
    group: ItemGroup,
    *,
    name: str,
    parent_id: int | None,
    version: int | None = None,
) -> None:
    """Rename a group, or let it lie in another with all that is in it; None: in none. How its goods cost stays as it is.

    Refused: no name, one that is too long or that a group beside it has; a group that doesn't exist, the group itself or one
    that lies in it; more than MOST_DEPTH groups within each other, unless there were more; a group saved since `version`
    (Changed).
    """
    require(actor, "warehouse.item.edit")
    wait_for_postings(session)  # nobody else moves a group meanwhile: two moves could make a ring
    begin_version(session, group, version)
    name, tree = group_name(name, field="name"), Tree(session)
    if parent_id is not None and parent_id not in tree.parents:
        raise NotFound
    if group.id in tree.path(parent_id):
        raise Invalid(_l("A group can't lie in itself or in a group that lies in it."), field="parent_id")
    tree.refuse_namesake(name, parent_id, own=group.id, field="name")
    if parent_id != group.parent_id:
        height = 1 + max(tree.below(group.id).values(), default=0)
        tree.refuse_deep(parent_id, height=height, before=len(tree.path(group.id)) - 1 + height, field="parent_id")
    group.name, group.parent_id = name, parent_id
    session.flush()
    record(session, "warehouse.group.change", subject="warehouse.item_group", subject_id=group.id, summary=name)


def put_items(session: Session, actor: Actor, item_ids: Collection[int], group_id: int | None) -> int:
    """Put items into a group, or into none; how many. Refused: none (Invalid), items or a group that aren't there (NotFound),
    items that have moved and would cost otherwise there (Conflict); then none of them moves."""
    if not item_ids:
        raise Invalid(_l("Tick at least one item."))
    items = [
        item for some in pieces(sorted(item_ids)) for item in session.scalars(select(Item).where(Item.id.in_(some)))
    ]
    if len(items) < len(set(item_ids)):
        raise NotFound(_l("An item isn't there any more. Nothing was moved."))
    if group_id is not None:
        group_by_id(session, group_id)
    change_items(session, actor, {item: {"group_id": group_id} for item in items})
    return len(items)


def items_directly_in(session: Session, group_id: int | None, most: int) -> Sequence[Item]:
    """The first items of a group itself, or of none, by code: those in use first."""
    query = select(Item).where(Item.group_id.is_(None) if group_id is None else Item.group_id == group_id)
    return session.scalars(query.order_by(Item.is_active.desc(), Item.code_order, Item.id).limit(most)).all()


def remove_group(
    session: Session, actor: Actor, group: ItemGroup, *, with_inner: bool = False, version: int | None = None
) -> None:
    """Remove a group. Its items go to the group that it lies in, or to none, and so do the groups in it; `with_inner`: those
    are removed as well, with all that lie in them.

    Refused: items that have moved and would cost otherwise there (Conflict); a group in it whose name is there already
    (Conflict); a group of which there are certificates (Conflict); a group saved since `version` (Changed).
    """
    require(actor, "warehouse.item.edit")
    wait_for_postings(session)
    begin_version(session, group, version)
    tree, parent = Tree(session), group.parent_id
    inner = tree.below(group.id)
    gone = [group.id, *(sorted(inner, key=lambda i: inner[i]) if with_inner else ())]
    items = [item for some in pieces(gone) for item in session.scalars(select(Item).where(Item.group_id.in_(some)))]
    _refuse_certified(session, gone)
    refuse_other_costing(session, dict.fromkeys(items, parent))
    for item in items:
        item.group_id = parent
    if not with_inner:
        for below in session.scalars(
            select(ItemGroup).where(ItemGroup.parent_id == group.id).order_by(ItemGroup.id)
        ).all():
            tree.refuse_namesake(below.name, parent, own=group.id, field="name")
            below.parent_id = parent
    session.flush()
    summary = group.name if len(gone) == 1 else f"{group.name} +{len(gone) - 1}"
    record(session, "warehouse.group.remove", subject="warehouse.item_group", subject_id=group.id, summary=summary)
    for some in pieces(gone[::-1]):  # the innermost first, as the others are referred to
        remove_rows(session, ItemGroup, ItemGroup.id.in_(some))
    forget_all(session, "warehouse.costing")


def _refuse_certified(session: Session, groups: Sequence[int]) -> None:
    for some in pieces(groups):
        query = select(Certificate.number).where(Certificate.group_id.in_(some)).order_by(Certificate.id)
        if (number := session.scalars(query.limit(1)).first()) is not None:
            words = _l(
                "“%(number)s” is of a group that would go. Remove it from the certificates first.", number=number
            )
            raise Conflict(words)
