"""Payment reminders: proposed, confirmed on one screen, printed or mailed, and what became of each."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import KontorError, NotFound
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from app.api.web import Form, SelectField, current_actor, current_session, send_pdf, show_list, show_refusal
from modules.contacts.dunning import running
from modules.contacts.dunning.levels import TITLES
from modules.contacts.dunning.models import Reminder
from modules.contacts.dunning.paper import reminder_pdf
from modules.contacts.dunning.proposing import levels_of, proposed
from modules.contacts.dunning.running import NEEDS
from modules.contacts.dunning.tables import runs
from modules.contacts.letters.models import FAILED, UNKNOWN
from modules.contacts.letters.models import STATES as LETTER_STATES
from modules.contacts.parties import contact_by_id
from modules.contacts.queries import of_modules_off
from modules.contacts.routes.blueprint import routes

_MAIL, _PAPER = "mail", "paper"


class ReminderForm(Form):
    """How they go out; the contacts have a box each in the table."""

    way = SelectField(
        _l("How they go out"),
        choices=[(_MAIL, _l("By e-mail, and printed where there is no address")), (_PAPER, _l("All printed"))],
    )


@routes.get("/contacts/reminders", needs=NEEDS, help="reminder")
def reminder_list() -> Any:
    """The reminders that went out."""
    return show_list(runs)


@routes.form("/contacts/reminders/new", needs=NEEDS, help="reminder")
def reminder_new() -> Any:
    """Whom to remind: all are chosen until somebody takes some out. `?contact=` proposes one alone."""
    session, actor = current_session(), current_actor()
    of = request.args.get("contact", "")
    only = [contact_by_id(session, int(of)).id] if of.isdecimal() and len(of) < 19 else None
    has_mail = bool(session.info.get("has_mail"))
    form = ReminderForm()
    if not form.is_submitted():
        form.way.data = _MAIL if has_mail else _PAPER
    chosen = {int(i) for i in request.form.getlist("contact") if i.isdecimal() and len(i) < 19}
    if form.validate_on_submit():
        try:
            run = running.remind(session, actor, contact_ids=chosen, by_mail=form.way.data == _MAIL)
        except KontorError as error:
            show_refusal(form, error)
        else:
            count = len(running.reminders_of(session, run))
            flash(ngettext("%(num)d reminder is made.", "%(num)d reminders are made.", count), "success")
            return redirect(url_for("contacts.reminder_view", run_id=run.id))
    found = proposed(session, only)
    record(session, "contacts.reminder.view", summary=f"{len(found)}")
    return render_template(
        "contacts/reminder_new.html",
        form=form,
        found=[each for each in found if not each.is_excluded],
        excluded=running.excluded(session),
        chosen=chosen,
        every=not form.is_submitted(),
        titles=TITLES,
        levels=levels_of(session),
        has_mail=has_mail,
        only=only,
        missing=of_modules_off(session),
    )


@routes.get("/contacts/reminders/<int:run_id>", needs=NEEDS, help="reminder")
def reminder_view(run_id: int) -> Any:
    """What became of a run's letters."""
    session = current_session()
    run = running.run_by_id(session, run_id)
    found = running.reminders_of(session, run)
    record(session, "contacts.reminder.view", subject="contacts.reminder", subject_id=run.id, summary=f"{len(found)}")
    return render_template(
        "contacts/reminder_run.html",
        run=run,
        reminders=found,
        titles=TITLES,
        states=LETTER_STATES,
        to_print=[each for each in found if _is_printed(each)],
    )


@routes.get("/contacts/reminders/<int:run_id>/pdf", needs=NEEDS, help=None)
def reminder_run_pdf(run_id: int) -> Any:
    """The letters of a run that went by no e-mail, or with `?all=1` all of them, as one PDF."""
    session = current_session()
    run = running.run_by_id(session, run_id)
    found = [r for r in running.reminders_of(session, run) if request.args.get("all") or _is_printed(r)]
    return _pdf(found, _("Payment reminders %(day)s", day=run.day))


@routes.get("/contacts/reminders/letters/<int:reminder_id>", needs="contacts.statement.view", help=None)
def reminder_print(reminder_id: int) -> Any:
    """One letter as PDF."""
    reminder = current_session().get(Reminder, reminder_id)
    return _pdf([reminder] if reminder is not None else [], _("Payment reminder"))


@routes.post("/contacts/reminders/excluded/<int:contact_id>", needs=NEEDS)
def reminder_exclude(contact_id: int) -> Any:
    """Remind a contact no more, or with `?again=1` again."""
    session = current_session()
    contact, again = contact_by_id(session, contact_id), bool(request.args.get("again"))
    running.exclude(session, current_actor(), contact, is_excluded=not again)
    said = _("“%(name)s” gets reminders again.") if again else _("“%(name)s” gets no more reminders.")
    flash(said % {"name": contact.name}, "success")
    return redirect(url_for("contacts.reminder_new"))


def _is_printed(reminder: Reminder) -> bool:
    return reminder.letter is None or reminder.letter.state in (FAILED, UNKNOWN)


def _pdf(found: list[Reminder], name: str) -> Any:
    session = current_session()
    if not found:
        raise NotFound
    for each in found:
        about = f"PDF, {TITLES[each.level - 1]}"
        record(
            session, "contacts.statement.export", subject="contacts.contact", subject_id=each.contact_id, summary=about
        )
    return send_pdf(reminder_pdf(session, found), name)
