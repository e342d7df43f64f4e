"""Files on cards: put there, put into folders, removed, restored, and taken along."""

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _

from app.errors import KontorError, NotFound
from app.files import (
    entry_of,
    make_folder,
    move_entry,
    remove_entry,
    rename_entry,
    restore_entry,
)
from app.web.core import routes
from app.web.edge.request import current_actor, current_session
from app.web.kit.files import MOST_BYTES, Holder, folder_in, give_file, holder_of, receive_files

_ONE = "/files/<target>/<int:record_id>"


@routes.post(f"{_ONE}/upload", needs="core.file.edit", takes=MOST_BYTES, self_committing=True)
def file_upload(target: str, record_id: int) -> Any:
    """Put files into a folder: what they hold first, then the rows that say so, all or none."""
    holder, folder_id = holder_of(target, record_id), folder_in(request.form.get("folder", ""))
    receive_files(target, record_id, folder_id, keeper=current_actor())
    return _back(holder, folder_id)


@routes.post(f"{_ONE}/folders", needs="core.file.edit")
def file_folder(target: str, record_id: int) -> Any:
    """A new folder."""
    holder, folder_id = holder_of(target, record_id), folder_in(request.form.get("folder", ""))
    name = request.form.get("name", "")
    return _done(
        holder,
        folder_id,
        lambda: make_folder(current_session(), current_actor(), target, record_id, folder_id, name),
        _("Added."),
    )


@routes.post(f"{_ONE}/<int:entry_id>", needs="core.file.edit")
def file_change(target: str, record_id: int, entry_id: int) -> Any:
    """Call a file or folder otherwise, or (`then=`) move, remove or restore it."""
    holder, session, actor = holder_of(target, record_id), current_session(), current_actor()
    then = request.form.get("then", "")
    entry = entry_of(session, target, record_id, entry_id, removed=then == "restore")
    here, wanted = entry.folder_id, request.form
    acts = {
        "rename": (lambda: rename_entry(session, actor, entry, wanted.get("name", "")), _("Saved.")),
        "move": (lambda: move_entry(session, actor, entry, folder_in(wanted.get("to", ""))), _("Moved.")),
        "remove": (lambda: remove_entry(session, actor, entry), _("Removed. It can be restored below.")),
        "restore": (lambda: restore_entry(session, actor, entry), _("Restored.")),
    }
    if then not in acts:
        raise NotFound
    act, words = acts[then]
    return _done(holder, here if then != "restore" else None, act, words, lambda: entry.folder_id)


@routes.get(f"{_ONE}/<int:entry_id>/file", needs="core.file.view", help=None)
def file_download(target: str, record_id: int, entry_id: int) -> Any:
    """A file, to be kept: each taking along is audited."""
    holder_of(target, record_id)
    return give_file(target, record_id, entry_id)


def _done(holder: Holder, folder_id: int | None, act: Any, words: str, where: Any = None) -> Any:
    """Do it and say so, or say why it was refused; nothing of that stays."""
    try:
        act()
    except NotFound:
        raise
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(words, "success")
        folder_id = where() if folder_id is None and where is not None else folder_id
    return _back(holder, folder_id or 0)


def _back(holder: Holder, folder_id: int) -> Any:
    return redirect(f"{holder.address}?folder={folder_id}" if folder_id else holder.address)
