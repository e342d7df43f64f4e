"""The tree of item groups: how deep, what lies below what, in which order it is shown. Nothing here recurses: a tree that an
earlier version let grow a thousand deep is read, shown and mended like any other."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.api.errors import Conflict, Invalid
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Item, ItemGroup

#: so many groups may lie within each other
MOST_DEPTH = 20


class Node(NamedTuple):
    """A group as the tree shows it: how many groups it lies in, or so it looks."""

    id: int
    name: str
    depth: int


class Tree:
    """The groups as they are stored; loops and parents that aren't there, which nothing here makes, end nothing."""

    def __init__(self, session: Session) -> None:
        query = select(ItemGroup.id, ItemGroup.parent_id, ItemGroup.name)
        rows = session.execute(query.order_by(ItemGroup.name_order, ItemGroup.id))
        self.names: dict[int, str] = {}
        self.parents: dict[int, int | None] = {}
        self._children: dict[int | None, list[int]] = {}
        self._named: dict[tuple[int | None, str], list[int]] = {}
        for row in rows:
            self.grow(row.id, row.name, row.parent_id)

    def grow(self, group: int, name: str, parent: int | None) -> None:
        """A group that is there by now; it stands behind those beside it, whatever its name."""
        self.names[group], self.parents[group] = name, parent
        self._children.setdefault(parent, []).append(group)
        self._named.setdefault((parent, name), []).append(group)

    def named(self, name: str, parent: int | None) -> int | None:
        """The group of this name within another, or in none; None where there is none of it."""
        return next(iter(self._named.get((parent, name), ())), None)

    def shown(self) -> Iterator[Node]:
        """Every group below its parent, by name; depth is shown no deeper than groups may lie."""
        seen: set[int] = set()
        waiting = [(i, 0) for i in reversed(self._children.get(None, []))]
        while waiting:
            group, depth = waiting.pop()
            if group in seen:
                continue
            seen.add(group)
            yield Node(group, self.names[group], min(depth, MOST_DEPTH - 1))
            waiting += [(i, depth + 1) for i in reversed(self._children.get(group, []))]

    def path(self, group: int | None) -> list[int]:
        """The group and those that it lies in, the innermost first."""
        found: list[int] = []
        while group is not None and group in self.parents and len(found) <= len(self.parents):
            found.append(group)
            group = self.parents[group]
        return found

    def below(self, group: int) -> dict[int, int]:
        """The groups that lie in a group, however deep → how much deeper than it."""
        found: dict[int, int] = {}
        waiting = [(i, 1) for i in self._children.get(group, [])]
        while waiting:
            inner, depth = waiting.pop()
            if inner not in found and inner != group:
                found[inner] = depth
                waiting += [(i, depth + 1) for i in self._children.get(inner, [])]
        return found

    def refuse_deep(self, parent: int | None, *, height: int = 1, before: int | None = None, field: str) -> None:
        """Refuse (Invalid) what makes a branch deeper than MOST_DEPTH: `height` levels below `parent`. One that was deeper
        `before` may become less deep."""
        depth = len(self.path(parent)) + height
        if depth > MOST_DEPTH and (before is None or depth >= before):
            raise Invalid(_l("Groups lie at most %(n)d deep within each other.", n=MOST_DEPTH), field=field)

    def refuse_namesake(self, name: str, parent: int | None, *, own: int | None = None, field: str) -> None:
        """Refuse (Conflict) a second group of a name within the same group, beside the group `own`."""
        if any(i != own for i in self._named.get((parent, name), ())):
            raise Conflict(_l("There is a group “%(name)s” here already.", name=name), field=field)


def check_path(names: Sequence[str]) -> None:
    """Refuse (Invalid) a path of groups that is too deep, before any of it is made."""
    if len(names) > MOST_DEPTH:
        raise Invalid(_l("Groups lie at most %(n)d deep within each other.", n=MOST_DEPTH), field="group")


def in_group(group: str | int) -> Any:
    """Says of items that they are of a group or of one in it."""
    return Item.group_id.in_(groups_in(group))


def groups_in(group: str | int) -> Any:
    """The ids of a group and of those that lie in it."""
    tree = select(ItemGroup.id).where(ItemGroup.id == int(group)).cte("below", recursive=True)
    child = aliased(ItemGroup)
    tree = tree.union(select(child.id).where(child.parent_id == tree.c.id))
    return select(tree.c.id)


def group_choices(session: Session) -> list[tuple[str, object]]:
    """The tree of item groups as a select shows it: children below their parent, set in."""
    return [(str(node.id), "\u2003" * node.depth + node.name) for node in Tree(session).shown()]
