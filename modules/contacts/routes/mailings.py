"""Mailings: what goes to whom and when, whom it would reach, and what became of each time."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.api.clock import wall_clock
from app.api.errors import KontorError, NotFound
from app.api.jobs import next_due
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.web import current_actor, current_company, current_session, note_rows, show_list, show_refusal
from modules.contacts.letters.models import SENT, STATES, Letter
from modules.contacts.mailings.again import left_out, resend_failed, send_to_left_out
from modules.contacts.mailings.forms import MailingForm
from modules.contacts.mailings.models import Mailing, MailingLetter, MailingRun
from modules.contacts.mailings.recipients import all_of
from modules.contacts.mailings.rules import EVERY, WHAT, WHOM, day_and_time, period_before
from modules.contacts.mailings.saving import go_on, mailing_by_id, remove_mailing, save_mailing, send_now
from modules.contacts.routes.blueprint import routes
from modules.contacts.tables import mailings

_NEEDS = "contacts.mailing.edit"
#: so many names of contacts, or times, a page shows
_SHOWN = 100
_ON_THE_WAY = _l("The letters are on their way. What becomes of them is shown here.")


@routes.get("/contacts/mailings", needs=_NEEDS)
def mailing_list() -> Any:
    """What goes to many by itself."""
    return show_list(mailings)


@routes.form("/contacts/mailings/new", needs=_NEEDS)
def mailing_new() -> Any:
    """A new mailing."""
    form = MailingForm()
    if not form.is_submitted():
        form.day.data, form.at.data = 1, "08:00"
    return _form(form, None)


@routes.form("/contacts/mailings/<int:mailing_id>/edit", needs=_NEEDS)
def mailing_edit(mailing_id: int) -> Any:
    """Change a mailing: from then on it goes in the name of whoever did."""
    mailing = mailing_by_id(current_session(), mailing_id)
    form = MailingForm(obj=mailing)
    if not form.is_submitted():
        form.day.data, form.at.data = day_and_time(mailing.cron)
    return _form(form, mailing)


def _form(form: Any, mailing: Mailing | None) -> Any:
    if form.validate_on_submit():
        try:
            saved = save_mailing(
                current_session(), current_actor(), mailing, version=form.version.data, **form.values()
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.mailing_view", mailing_id=saved.id))
    back = (
        url_for("contacts.mailing_list") if mailing is None else url_for("contacts.mailing_view", mailing_id=mailing.id)
    )
    title = _("New mailing") if mailing is None else mailing.name
    return render_template("form.html", form=form, title=title, back=back)


@routes.get("/contacts/mailings/<int:mailing_id>", needs=_NEEDS)
def mailing_view(mailing_id: int) -> Any:
    """Whom a mailing would reach now, and what became of each time; `?run=` says of which the letters are shown."""
    session = current_session()
    mailing = mailing_by_id(session, mailing_id)
    runs = session.scalars(
        select(MailingRun).where(MailingRun.mailing_id == mailing.id).order_by(MailingRun.since.desc()).limit(_SHOWN)
    ).all()
    chosen = next((run for run in runs if run.id == request.args.get("run", type=int)), runs[0] if runs else None)
    since, until = period_before(mailing.every, wall_clock().date())
    rows = [] if chosen is None else _letters(session, chosen)
    note_rows("contacts.letter", len(rows), subject="contacts.mailing", subject_id=mailing.id, way="page")
    return render_template(
        "contacts/mailing.html",
        mailing=mailing,
        words=(WHAT[mailing.enclosure], EVERY[mailing.every], WHOM[mailing.whom]),
        due=None if mailing.is_paused else next_due(mailing.cron, mailing.begun_until),
        runs=runs,
        chosen=chosen,
        rows=rows,
        counts=_counts(session, chosen),
        can_be_written_to=len(left_out(session, chosen)) if chosen else 0,
        letter_states=STATES,
        since=since,
        until=until,
    )


@routes.get("/contacts/mailings/<int:mailing_id>/preview", needs=_NEEDS)
def mailing_preview(mailing_id: int) -> Any:
    """How many a mailing would reach for the last period, and who has no e-mail address."""
    session = current_session()
    mailing = mailing_by_id(session, mailing_id)
    since, until = period_before(mailing.every, wall_clock().date())
    letters, silent, left_out, first = 0, [], 0, []
    for page in all_of(session, mailing, since, until):
        left_out += page.left_out
        for recipient in page.recipients:
            if recipient.address:
                letters += len(recipient.currencies)
                first.append(recipient.contact)
            else:
                silent.append(recipient.contact)
    note_rows(
        "contacts.contact", len(silent) + len(first), subject="contacts.mailing", subject_id=mailing.id, way="page"
    )
    return render_template(
        "contacts/mailing_preview.html",
        mailing=mailing,
        letters=letters,
        reached=first,
        silent=silent,
        left_out=left_out,
        since=since,
        until=until,
        shown=_SHOWN,
    )


@routes.post("/contacts/mailings/<int:mailing_id>/send", needs=_NEEDS)
def mailing_send(mailing_id: int) -> Any:
    """Let it go now, of the last period."""
    mailing = mailing_by_id(current_session(), mailing_id)
    try:
        send_now(current_session(), current_actor(), mailing)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(str(_ON_THE_WAY), "success")
    return redirect(url_for("contacts.mailing_view", mailing_id=mailing_id))


@routes.post("/contacts/mailings/<int:mailing_id>/resend/<int:run_id>", needs=_NEEDS)
def mailing_resend(mailing_id: int, run_id: int) -> Any:
    """Send once more what failed."""
    return _again(mailing_id, run_id, resend_failed)


@routes.post("/contacts/mailings/<int:mailing_id>/left-out/<int:run_id>", needs=_NEEDS)
def mailing_left_out(mailing_id: int, run_id: int) -> Any:
    """Send to those who were left out and have an address now."""
    company = current_company()
    return _again(mailing_id, run_id, lambda session, actor, run: send_to_left_out(session, company, actor, run))


@routes.post("/contacts/mailings/<int:mailing_id>/go-on/<int:run_id>", needs=_NEEDS)
def mailing_go_on(mailing_id: int, run_id: int) -> Any:
    """Let what broke off go on."""
    return _again(mailing_id, run_id, go_on)


def _again(mailing_id: int, run_id: int, work: Callable[[Session, Actor, MailingRun], int | None]) -> Any:
    session = current_session()
    run = session.get(MailingRun, run_id)
    if run is None or run.mailing_id != mailing_id:
        raise NotFound
    try:
        count = work(session, current_actor(), run)
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
    else:
        if count is None:
            flash(str(_ON_THE_WAY), "success")
        else:
            flash(ngettext("%(num)d letter goes out.", "%(num)d letters go out.", count), "success")
    return redirect(url_for("contacts.mailing_view", mailing_id=mailing_id, run=run_id))


@routes.post("/contacts/mailings/<int:mailing_id>/remove", needs=_NEEDS)
def mailing_remove(mailing_id: int) -> Any:
    """Remove a mailing."""
    remove_mailing(current_session(), current_actor(), mailing_by_id(current_session(), mailing_id))
    flash(_("Removed."), "success")
    return redirect(url_for("contacts.mailing_list"))


def _letters(session: Session, run: MailingRun) -> list[MailingLetter]:
    """What did not go out first, then the rest, as far as the contacts are open to the user."""
    query = select(MailingLetter).outerjoin(Letter, Letter.id == MailingLetter.letter_id)
    query = query.options(joinedload(MailingLetter.contact), joinedload(MailingLetter.letter))
    query = query.where(MailingLetter.run_id == run.id)
    query = query.order_by(func.coalesce(Letter.state == SENT, False), MailingLetter.id)
    return list(session.scalars(query.limit(1000)))


def _counts(session: Session, run: MailingRun | None) -> dict[str, int]:
    """How many letters of a time are in each state; `none`: there could be none."""
    if run is None:
        return {}
    query = select(Letter.state, func.count(MailingLetter.id)).select_from(MailingLetter)
    query = query.outerjoin(Letter, Letter.id == MailingLetter.letter_id).where(MailingLetter.run_id == run.id)
    return {row[0] or "none": row[1] for row in session.execute(query.group_by(Letter.state))}
