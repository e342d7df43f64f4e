"""Writing down what happened with a contact."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.web import current_actor, current_session, note_card, show_refusal
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes
from modules.contacts.work.activities import activity_by_id, change_activity, log_activity, remove_activity
from modules.contacts.work.entry import entry_form
from modules.contacts.work.rules import ACTIVITIES, fitting
from modules.contacts.work.tasks import create_task


@routes.form("/contacts/<int:contact_id>/activities/new", needs="contacts.activity.edit", help="timeline")
def activity_new(contact_id: int) -> Any:
    """A note, a call, a letter or a meeting (`?kind=`), and the next step after it as a task."""
    session, actor = current_session(), current_actor()
    contact, kind = contact_by_id(session, contact_id), request.args.get("kind", "note")
    form = entry_form(session, contact, kind=kind if kind in ACTIVITIES else "note")
    if form.validate_on_submit():
        said = form.said()
        try:
            activity = log_activity(session, actor, contact, **fitting(said["kind"], said))
            if form.next_title.data:
                day = form.next_day.data or wall_clock().date() + timedelta(days=1)
                create_task(session, actor, title=form.next_title.data, day=day, contact_id=contact.id, after=activity)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Written down."), "success")
            return redirect(url_for("contacts.timeline", contact_id=contact_id))
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("contacts/activity_form.html", form=form, contact=contact, activity=None)


@routes.form("/contacts/<int:contact_id>/activities/<int:activity_id>", needs="contacts.activity.edit", help="timeline")
def activity_edit(contact_id: int, activity_id: int) -> Any:
    """Say otherwise what happened."""
    session, actor = current_session(), current_actor()
    contact, activity = contact_by_id(session, contact_id), activity_by_id(session, contact_id, activity_id)
    form = entry_form(session, contact, activity)
    if form.validate_on_submit():
        said = fitting(activity.kind, {**form.said(), "kind": activity.kind})
        try:
            change_activity(session, actor, activity, version=form.version.data, **said)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.timeline", contact_id=contact_id))
    note_card("contacts.contact", contact.id, contact.code)
    return render_template("contacts/activity_form.html", form=form, contact=contact, activity=activity)


@routes.post("/contacts/<int:contact_id>/activities/<int:activity_id>/remove", needs="contacts.activity.edit")
def activity_remove(contact_id: int, activity_id: int) -> Any:
    """Remove what was written down by mistake."""
    session = current_session()
    remove_activity(session, current_actor(), activity_by_id(session, contact_id, activity_id))
    flash(_("Removed."), "success")
    return redirect(url_for("contacts.timeline", contact_id=contact_id))
