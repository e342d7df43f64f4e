"""The words by which contacts are sorted: renamed and removed."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.web import current_actor, current_session, show_list, show_refusal
from modules.contacts import tables
from modules.contacts.forms import LabelForm
from modules.contacts.labels import label_by_id, remove_label, rename_label
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/labels", needs="contacts.contact.view", help="contact")
def label_list() -> Any:
    """The words that there are."""
    return show_list(tables.labels)


@routes.form("/contacts/labels/<int:label_id>", needs="contacts.label.edit", help="contact")
def label_edit(label_id: int) -> Any:
    """Call a word otherwise, or (`then=remove`) remove it from every contact."""
    session, actor = current_session(), current_actor()
    label = label_by_id(session, label_id)
    form = LabelForm(obj=label)
    if form.validate_on_submit():
        try:
            if request.form.get("then") == "remove":
                had = remove_label(session, actor, label)
                flash(_("Removed from %(n)s contacts.", n=had), "success")
            else:
                rename_label(session, actor, label, form.name.data or "")
                flash(_("Saved."), "success")
        except KontorError as error:
            show_refusal(form, error)
        else:
            return redirect(url_for("contacts.label_list"))
    return render_template(
        "contacts/label_form.html", form=form, title=label.name, back=url_for("contacts.label_list"), label=label
    )
