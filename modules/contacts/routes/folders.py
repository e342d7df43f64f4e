"""The tree of folders: made, moved and removed, and contacts put into them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import KontorError
from app.api.web import current_actor, current_session, show_refusal
from modules.contacts.folders import (
    Branch,
    add_folder,
    change_folder,
    check_folder,
    counts_of,
    folder_by_id,
    folder_tree,
    remove_folder,
)
from modules.contacts.forms import FolderForm
from modules.contacts.models import Contact
from modules.contacts.operations import change_contacts
from modules.contacts.routes.blueprint import routes

#: so many contacts of a folder the page shows; the lists show all
_SHOWN = 200


@routes.get("/contacts/folders", needs="contacts.contact.view")
def folder_list() -> Any:
    """The tree, and the contacts that lie in the folder `?folder=`, or in none."""
    session = current_session()
    tree = folder_tree(session)
    here = next((branch for branch in tree if branch.id == request.args.get("folder", type=int)), None)
    return render_template(
        "contacts/folders.html",
        tree=tree,
        counts=counts_of(session, tree),
        here=here,
        contacts=_contacts(session, here),
    )


@routes.form("/contacts/folders/new", needs="contacts.folder.edit")
def folder_new() -> Any:
    """A new folder; `?within=` another."""
    session, form = current_session(), FolderForm()
    form.offer_folders(session)
    if request.method == "GET":
        form.parent_id.data = request.args.get("within", type=int)
    if form.validate_on_submit():
        try:
            folder = add_folder(session, current_actor(), name=form.name.data or "", parent_id=form.parent_id.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("contacts.folder_list", folder=folder.id))
    return render_template("form.html", form=form, title=_("New folder"), back=url_for("contacts.folder_list"))


@routes.form("/contacts/folders/<int:folder_id>", needs="contacts.folder.edit")
def folder_edit(folder_id: int) -> Any:
    """Call a folder otherwise, or move it."""
    session = current_session()
    folder = folder_by_id(session, folder_id)
    form = FolderForm(obj=folder)
    form.offer_folders(session, folder_id)
    if form.validate_on_submit():
        try:
            said = {"name": form.name.data or "", "parent_id": form.parent_id.data, "version": form.version.data}
            change_folder(session, current_actor(), folder, **said)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.folder_list", folder=folder_id))
    back = url_for("contacts.folder_list", folder=folder_id)
    return render_template("form.html", form=form, title=folder.name, back=back)


@routes.post("/contacts/folders/<int:folder_id>/remove", needs="contacts.folder.edit")
def folder_remove(folder_id: int) -> Any:
    """Remove a folder; what lies in it moves up."""
    session = current_session()
    folder = folder_by_id(session, folder_id)
    above = folder.parent_id
    remove_folder(session, current_actor(), folder)
    flash(_("Removed. What was in it is in the folder above now."), "success")
    return redirect(url_for("contacts.folder_list", folder=above))


@routes.post("/contacts/folders/<int:folder_id>/move", needs="contacts.folder.edit")
def folder_move(folder_id: int) -> Any:
    """Put a folder into another (`to`), or at the top."""
    session, to = current_session(), request.form.get("to", type=int)
    folder = folder_by_id(session, folder_id)
    change_folder(session, current_actor(), folder, name=folder.name, parent_id=to)
    flash(_("Moved."), "success")
    return redirect(url_for("contacts.folder_list", folder=folder_id))


@routes.post("/contacts/folders/put", needs="contacts.contact.edit")
def folder_put() -> Any:
    """Put contacts (`contact`) into a folder (`to`), or into none."""
    session, to = current_session(), request.form.get("to", type=int)
    check_folder(session, to)
    ids = request.form.getlist("contact", type=int)[:_SHOWN]
    contacts = session.scalars(select(Contact).where(Contact.id.in_(ids))).all()
    change_contacts(session, current_actor(), {contact: {"folder_id": to} for contact in contacts})
    message = ngettext("%(num)d contact moved.", "%(num)d contacts moved.", len(contacts))
    flash(message, "success" if contacts else "warning")
    return redirect(url_for("contacts.folder_list", folder=request.form.get("back", type=int)))


def _contacts(session: Session, here: Branch | None) -> list[Any]:
    inside = Contact.folder_id.is_(None) if here is None else Contact.folder_id == here.id
    query = select(Contact.id, Contact.name, Contact.code).where(Contact.is_active, inside)
    return list(session.execute(query.order_by(Contact.name_order, Contact.id).limit(_SHOWN)))
