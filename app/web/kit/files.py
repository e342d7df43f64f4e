"""The tab of a card's files, and whose files a request may reach: those of a record whose tab is open to the user."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.files import FileEntry, entries_in, folders_of, path_of, removed_of
from app.files.models import TOP
from app.formats import number
from app.security import User, require
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_actor, current_session
from app.web.kit.cards import Shown, card_of, tabs_of

#: what the function of every tab of files is called at its end
_TAB = "files"
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Holder:
    """A record on whose card there are files, open to the user."""

    target: str
    id: int
    #: where its files are shown
    address: str


def holder_of(target: str, record_id: int) -> Holder:
    """The record of a card's files. Refused: one that isn't open to the user (NotFound), or whose files aren't (Forbidden)."""
    card = card_of(target)
    record = card.find(current_session(), record_id)
    if card.target_of(record) != target:
        raise NotFound
    require(current_actor(), card.needs_of(record))
    tab = next((tab for tab in tabs_of(target, record_id) if tab.endpoint.endswith(_TAB)), None)
    if tab is None:
        raise Forbidden("core.file.view")
    return Holder(target, record_id, tab.address)


def files_tab(target: str, record: Any) -> Shown:
    """What the tab shows: a folder (`?folder=`), what leads to it, and what was removed lately."""
    session = current_session()
    folders = folders_of(session, target, record.id)
    path = path_of(folders, folder_in(request.args.get("folder", "")))
    if path is None:
        raise NotFound(_l("This folder isn't there any more."))
    folder_id = path[-1].id if path else TOP
    entries = entries_in(session, target, record.id, folder_id)
    removed = removed_of(session, target, record.id) if current_actor().may("core.file.edit") else ()
    return Shown(
        "files.html",
        {
            "target": target,
            "path": path,
            "folder_id": folder_id,
            "entries": entries,
            "removed": removed,
            "places": [(TOP, str(_l("The top"))), *sorted(_places(folders), key=lambda each: each[1])],
            "authors": _authors(session, entries),
            "size_of": size_of,
            "may_edit": current_actor().may("core.file.edit"),
        },
    )


def size_of(entry: FileEntry) -> str:
    """How much a file holds, as people say it: in kilobytes, rounded up, or in megabytes."""
    if entry.size < _MEGABYTE:
        return str(_l("%(n)s KB", n=number(Decimal(-(-entry.size // 1024)))))
    return str(_l("%(n)s MB", n=number(Decimal(entry.size * 10 // _MEGABYTE) / 10)))


def folder_in(text: str) -> int:
    """A folder's number as a request says it; TOP where it says none. Refused (Invalid): what isn't a number."""
    if not text:
        return TOP
    if not (text.isdecimal() and text.isascii() and len(text) < 19):
        raise Invalid(_l("Choose from the list."), field="folder")
    return int(text)


def _places(folders: dict[int, FileEntry]) -> list[tuple[int, str]]:
    """Every folder with those that lead to it."""
    paths = ((number, path_of(folders, number)) for number in folders)
    return [(number, " / ".join(folder.name for folder in path)) for number, path in paths if path]


def _authors(session: Any, entries: Any) -> dict[int, str]:
    ids = {entry.author_id for entry in entries if entry.author_id}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
