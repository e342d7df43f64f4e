"""Folders of contacts: a tree as deep as people like. A contact lies in one of them or in none; of tags it may have many.

Folders are everyone's, as words are; what lies in them is open as contacts are.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, change_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import Organisation
from app.api.security import Actor, record, require
from app.api.texts import kept_text, longest
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact, Folder

#: stands between the names of a path, and in no name
BETWEEN = "/"
#: so many folders there are at most: the tree is read whole
MOST = 2000


@dataclass(frozen=True, slots=True)
class Branch:
    """A folder with where it stands in the tree."""

    id: int
    name: str
    parent_id: int | None
    #: 0: at the top
    depth: int
    #: its name after those above it
    path: str


def folder_tree(session: Session) -> list[Branch]:
    """All folders, each after the one that it is in, beside each other by name."""
    rows = session.execute(select(Folder.id, Folder.name, Folder.parent_id).order_by(Folder.name_order, Folder.id))
    within: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        within[row.parent_id].append(row)
    found: list[Branch] = []
    waiting = [(row, 0, "") for row in reversed(within[None])]
    while waiting:
        row, depth, above = waiting.pop()
        path = f"{above} {BETWEEN} {row.name}" if above else row.name
        found.append(Branch(row.id, row.name, row.parent_id, depth, path))
        waiting += ((inner, depth + 1, path) for inner in reversed(within[row.id]))
    return found


def offered_folders(session: Session) -> list[tuple[str, str]]:
    """Number and path of each folder, to choose from."""
    return [(str(branch.id), branch.path) for branch in folder_tree(session)]


def below(folder_id: int) -> Any:
    """A SELECT of the numbers of a folder and of all that are in it, however deep."""
    tree = select(Folder.id).where(Folder.id == folder_id).cte("below", recursive=True)
    tree = tree.union(select(Folder.id).join(tree, Folder.parent_id == tree.c.id))
    return select(tree.c.id)


def counts_of(session: Session, tree: Sequence[Branch]) -> dict[int | None, int]:
    """How many contacts in use that are open to the session's actor lie in each folder and below it; None: in none."""
    query = select(Contact.folder_id, func.count(Contact.id)).where(Contact.is_active).group_by(Contact.folder_id)
    counts: dict[int | None, int] = defaultdict(int, {row[0]: row[1] for row in session.execute(query)})
    for branch in reversed(tree):
        if branch.parent_id is not None:
            counts[branch.parent_id] += counts[branch.id]
    return counts


def folder_by_id(session: Session, folder_id: int) -> Folder:
    """The folder; NotFound when there is none."""
    folder = session.get(Folder, folder_id)
    if folder is None:
        raise NotFound
    return folder


def add_folder(session: Session, actor: Actor, *, name: str, parent_id: int | None = None) -> Folder:
    """A new folder, at the top or within another. Refused: no name, one with `BETWEEN` in it or that is there beside it already
    (Conflict), another folder that there isn't, more than MOST."""
    require(actor, "contacts.folder.edit")
    _hold(session)
    if (session.scalar(select(func.count(Folder.id))) or 0) >= MOST:
        raise Invalid(_l("There can be %(n)d folders at most.", n=MOST), field="name")
    folder = Folder(name=_checked_name(session, name, parent_id), parent_id=parent_id)
    session.add(folder)
    session.flush()
    _record(session, "create", folder)
    return folder


def change_folder(
    session: Session, actor: Actor, folder: Folder, *, name: str, parent_id: int | None, version: int | None = None
) -> None:
    """Call a folder otherwise, or move it with all that is in it. Refused: what `add_folder` refuses, a place within itself, a
    folder saved since `version` (Changed)."""
    require(actor, "contacts.folder.edit")
    _hold(session)
    begin_version(session, folder, version)
    if parent_id is not None and parent_id in set(session.scalars(below(folder.id))):
        raise Invalid(_l("A folder can't be within itself."), field="parent_id")
    folder.name, folder.parent_id = _checked_name(session, name, parent_id, folder), parent_id
    session.flush()
    _record(session, "change", folder)


def remove_folder(session: Session, actor: Actor, folder: Folder) -> None:
    """Remove a folder; what is in it lies in the one above from then on, also what isn't open to the actor. Refused (Conflict):
    a folder in it that would get another's name there."""
    require(actor, "contacts.folder.edit")
    _hold(session)
    above = folder.parent_id
    for inner in session.scalars(select(Folder).where(Folder.parent_id == folder.id).order_by(Folder.id)).all():
        inner.name = _checked_name(session, inner.name, above, inner, leaving=folder)
        inner.parent_id = above
    session.flush()
    change_rows(session, Contact, Contact.folder_id == folder.id, folder_id=above)
    _record(session, "remove", folder)
    session.delete(folder)
    session.flush()


def check_folder(session: Session, folder_id: int | None) -> None:
    """Refuse (Invalid) a folder that there isn't."""
    if folder_id is not None and session.get(Folder, folder_id) is None:
        raise Invalid(_l("There is no such folder any more. Choose another."), field="folder_id")


def path_in(text: str) -> str:
    """A path as it is compared and made: names with `BETWEEN` between them. Refused (Invalid): a name that is too long."""
    names = (kept_text(part, longest(Folder, "name"), field="folder") for part in text.split(BETWEEN))
    return f" {BETWEEN} ".join(filter(None, names))


def folders_at(session: Session, actor: Actor, paths: Collection[str]) -> dict[str, int]:
    """Path → its folder, made where it is missing. Refused: what `add_folder` refuses."""
    known = {branch.path.casefold(): branch.id for branch in folder_tree(session)}
    found = {}
    for path in filter(None, paths):
        names, at = path.split(f" {BETWEEN} "), None
        for n in range(1, len(names) + 1):
            here = f" {BETWEEN} ".join(names[:n]).casefold()
            if here not in known:
                known[here] = add_folder(session, actor, name=names[n - 1], parent_id=at).id
            at = known[here]
        found[path] = known[path.casefold()]
    return found


def _hold(session: Session) -> None:
    """One at a time: of two who move folders into each other at once, the second sees what the first did."""
    session.scalars(select(Organisation.id).order_by(Organisation.id).with_for_update()).all()


def _checked_name(
    session: Session, name: str, parent_id: int | None, known: Folder | None = None, leaving: Folder | None = None
) -> str:
    check_folder(session, parent_id)
    name = kept_text(name, longest(Folder, "name"), field="name")
    if not name:
        raise Invalid(_l("Please fill this in."), field="name")
    if BETWEEN in name:
        raise Invalid(_l("A name has no “/” in it: that stands between folders in files."), field="name")
    beside = session.scalars(select(Folder).where(Folder.parent_id == parent_id)).all()
    if any(f.name.casefold() == name.casefold() for f in beside if f is not known and f is not leaving):
        raise Conflict(_l("There is a folder “%(name)s” in that place already.", name=name), field="name")
    return name


def _record(session: Session, verb: str, folder: Folder) -> None:
    action = f"contacts.folder.{verb}"
    record(session, action, subject="contacts.folder", subject_id=folder.id, summary=folder.name)
