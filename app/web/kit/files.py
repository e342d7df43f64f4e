"""The tab of a card's files, and whose files a request may reach: those of a record whose tab is open to the user.

What people put there is never shown as a page: it goes out as a file, whatever it says that it is.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Response, flash, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.files import (
    MOST_OF_FILE,
    FileEntry,
    entries_in,
    entry_of,
    folders_of,
    opened,
    path_of,
    put_files,
    removed_of,
    store,
)
from app.files.models import TOP
from app.formats import number
from app.security import Actor, User, require
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.cards import Shown, card_of, tabs_of
from app.web.kit.seeing import note_export

#: what the function of every tab of files is called at its end
_TAB = "files"
_MEGABYTE = 1 << 20
#: files, and bytes, that are sent at once
MOST_AT_ONCE, MOST_BYTES = 50, 2 * MOST_OF_FILE
#: of a file that is taken along: should a browser show it after all, nothing in it runs or reaches anything
_HARMLESS = "default-src 'none'; sandbox"


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
            "authors": authors_of(session, entries),
            "size_of": size_of,
            "may_edit": current_actor().may("core.file.edit"),
        },
    )


def receive_files(target: str, record_id: int, folder_id: int, *, keeper: Actor) -> None:
    """Put the files that a request sends (`file`) into a folder of a card: what they hold first, then the rows that say so, all
    or none; and say how it went. Whoever calls has opened the card's record to the user; `keeper` is by whose right they are
    kept, as of `put_files`; their author is who sends them."""
    company, sender = current_company(), current_actor()
    sent = [file for file in request.files.getlist("file") if file.filename]
    try:
        if not sent:
            raise Invalid(_l("Choose a file."))
        if len(sent) > MOST_AT_ONCE:
            raise Invalid(_l("Send %(n)d files at once at most.", n=MOST_AT_ONCE))
        stored = [(file.filename or "", store(company.config.data_dir, file.stream)) for file in sent]
        company.database.run(
            lambda session: put_files(session, keeper, target, record_id, folder_id, stored, author_id=sender.user_id),
            actor=sender,
        )
    except Invalid as error:
        flash(str(error), "error")
    else:
        flash(_("Added."), "success")


def give_file(target: str, record_id: int, entry_id: int) -> Response:
    """A file of a card that whoever calls has opened to the user, to be kept: each taking along is audited."""
    entry = entry_of(current_session(), target, record_id, entry_id)
    if entry.digest is None:
        raise NotFound
    path = opened(current_company().config.data_dir, entry.digest)
    if not path.is_file():
        raise NotFound(_l("The content of this file isn't on this server. Tell an administrator."))
    note_export("core.file", f"file {entry.id}", subject=target, subject_id=record_id)
    answer = send_file(path, entry.media_type, as_attachment=True, download_name=entry.name, conditional=False)
    answer.headers["Content-Security-Policy"] = _HARMLESS
    return answer


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


def authors_of(session: Any, entries: Any) -> dict[int, str]:
    """Who put files there, by id, by name."""
    ids = {entry.author_id for entry in entries if entry.author_id}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
