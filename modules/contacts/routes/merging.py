"""Merging two contacts: chosen, compared, done and undone; and what the program takes for duplicates."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import Forbidden, Invalid, KontorError
from app.api.web import current_actor, current_session, note_card, show_refusal
from modules.contacts.forms import MergeForm
from modules.contacts.merging import fields_of, merge, unmerge, wins_by_itself
from modules.contacts.models import FINANCIAL, PRIVATE, Contact
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.contacts import form_of


@routes.form("/contacts/<int:contact_id>/merge", needs="contacts.contact.merge", help="duplicate")
def contact_merge(contact_id: int) -> Any:
    """Choose another (`other_id`), compare, and (`then=merge`) merge it into this one."""
    session, actor = current_session(), current_actor()
    for mark in (PRIVATE, FINANCIAL):
        if not actor.sees(mark["group"]):
            raise Forbidden(mark["group"])
    head = contact_by_id(session, contact_id)
    form = MergeForm() if request.method == "POST" else MergeForm(request.args or None)
    other = None
    if form.other_id.data and (request.method == "GET" or form.validate_on_submit()):
        try:
            other = contact_by_id(session, form.other_id.data)
            if other is head or other.kind != head.kind:
                raise Invalid(_("Choose another contact of the same kind."), field="other_id")
            if request.form.get("then") == "merge":
                merge(session, actor, head, other, wins=request.form.getlist("wins"))
                flash(_("Merged. It can be undone on the card."), "success")
                return redirect(url_for("contacts.contact_view", contact_id=contact_id))
            if request.method == "POST":  # what is compared is read from the contacts, not from what was sent
                return redirect(url_for("contacts.contact_merge", contact_id=contact_id, other_id=other.id))
        except KontorError as error:
            other = None
            show_refusal(form, error)
    note_card("contacts.contact", head.id, head.code)
    rows = _compared(head, other) if other is not None else []
    return render_template("contacts/merge.html", form=form, head=head, other=other, rows=rows)


@routes.post("/contacts/<int:contact_id>/unmerge", needs="contacts.contact.merge")
def contact_unmerge(contact_id: int) -> Any:
    """Let a contact that was merged into another stand by itself again."""
    other = unmerge(current_session(), current_actor(), contact_id)
    flash(_("“%(name)s” stands by itself again.", name=other.name), "success")
    return redirect(url_for("contacts.contact_view", contact_id=contact_id))


def _compared(head: Contact, other: Contact) -> list[tuple[str, object, Any, Any, bool]]:
    """Fields in which they differ: name, title, what each says, and whether the other's is taken unless somebody objects."""
    own, theirs = form_of(head.kind, head), form_of(other.kind, other)
    found = []
    for name in fields_of(head):
        said = getattr(head, name), getattr(other, name)
        if said[0] == said[1] or name not in own or said[1] in ("", None):
            continue
        found.append((name, own[name].label.text, _shown(own[name]), _shown(theirs[name]), wins_by_itself(*said)))
    return found


def _shown(field: Any) -> Any:
    if getattr(field, "choices", None):
        said = str(field.data) if field.data is not None else ""
        return next((choice.label for choice in field.iter_choices() if str(choice.value) == said), said)
    return field._value() if hasattr(field, "_value") else field.data
