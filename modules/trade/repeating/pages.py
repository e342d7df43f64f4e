"""The pages of repeated documents."""

from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.api.clock import wall_clock
from app.api.errors import Invalid, KontorError, NotFound
from app.api.web import current_actor, current_session, refusal_words, show_list, show_refusal
from modules.trade.blueprint import routes
from modules.trade.repeating import operations, tables
from modules.trade.repeating.dates import EVERY, Rhythm, check_rhythm
from modules.trade.repeating.forms import RepetitionForm
from modules.trade.repeating.models import ACTIVE, ENDED, PAUSED, PRICES, STATES, Repetition, RepetitionTurn
from modules.trade.repeating.operations import EDIT, VIEW

#: so many days ahead are shown
AHEAD = 6


@routes.get("/trade/repetitions", needs=VIEW)
def repetition_list() -> Any:
    """What is repeated, what comes next first."""
    return show_list(tables.repetitions)


@routes.form("/trade/repetitions/new", needs=EDIT)
def repetition_new() -> Any:
    """Repeat a document: `?document=` says which."""
    session, actor = current_session(), current_actor()
    source = operations.source_of(session, actor, request.args.get("document", type=int) or 0)
    form = RepetitionForm()
    if request.method == "GET":
        form.first.data = wall_clock().date()
        form.note.data = source.note
    if (made := _saved(form, lambda: operations.repeat(session, actor, source.id, **form.values()))) is not None:
        return redirect(url_for("trade.repetition_view", repetition_id=made.id))
    back = url_for(f"{source.kind}_view", document_id=source.id)
    title = _("Repeat %(document)s", document=operations.title_of(source))
    return render_template("trade/repetition_form.html", form=form, title=title, back=back)


@routes.form("/trade/repetitions/<int:repetition_id>/edit", needs=EDIT)
def repetition_edit(repetition_id: int) -> Any:
    """Change how a document is repeated."""
    session, actor = current_session(), current_actor()
    repetition = operations.repetition_by_id(session, actor, repetition_id)
    form = RepetitionForm(obj=repetition)

    def act() -> Any:
        return operations.change_repetition(session, actor, repetition, version=form.version.data, **form.values())

    back, title = url_for("trade.repetition_view", repetition_id=repetition_id), operations.title_of(repetition.source)
    if _saved(form, act) is not None:
        return redirect(back)
    return render_template(
        "trade/repetition_form.html", form=form, title=_("Repeat %(document)s", document=title), back=back
    )


@routes.get("/trade/repetitions/preview", needs=EDIT, help=None)
def repetition_preview() -> Any:
    """The next days of what stands in the form, as a part of its page."""
    form = RepetitionForm(request.args)
    days: list[Any] = []
    refused: object = ""
    if form.first.data is not None and form.every.data in EVERY:
        said = (form.every.data, form.first.data, form.until.data, form.count.data, form.month_end.data)
        rhythm = Rhythm(*said)
        try:
            check_rhythm(rhythm)
        except Invalid as error:
            refused = error.message
        else:
            days = list(islice(rhythm.days(), AHEAD))
    return render_template("trade/repetition_days.html", days=days, refused=refused)


@routes.get("/trade/repetitions/<int:repetition_id>", needs=VIEW)
def repetition_view(repetition_id: int) -> Any:
    """A repetition: its next days, and what was made of it."""
    session = current_session()
    repetition = operations.repetition_by_id(session, current_actor(), repetition_id)
    asked = select(RepetitionTurn).where(RepetitionTurn.repetition_id == repetition_id)
    turns = session.scalars(asked.order_by(RepetitionTurn.day.desc()).limit(200)).all()
    ahead = repetition.rhythm.days(repetition.turn) if repetition.state != ENDED else iter(())
    return render_template(
        "trade/repetition.html",
        repetition=repetition,
        title=_("Repetition of %(document)s", document=operations.title_of(repetition.source)),
        days=list(islice(ahead, AHEAD)),
        turns=turns,
        every=EVERY,
        prices=PRICES,
        states=STATES,
        is_active=repetition.state == ACTIVE,
        is_paused=repetition.state == PAUSED,
        may_edit=current_actor().may(EDIT) and current_actor().may(f"{repetition.source.kind}.edit"),
    )


@routes.post("/trade/repetitions/<int:repetition_id>/pause", needs=EDIT)
def repetition_pause(repetition_id: int) -> Any:
    """Let nothing be made until it is resumed."""
    return _act(repetition_id, operations.pause)


@routes.post("/trade/repetitions/<int:repetition_id>/resume", needs=EDIT)
def repetition_resume(repetition_id: int) -> Any:
    """Go on after a pause."""
    return _act(repetition_id, operations.resume)


@routes.post("/trade/repetitions/<int:repetition_id>/end", needs=EDIT)
def repetition_end(repetition_id: int) -> Any:
    """Make nothing of it any more."""
    return _act(repetition_id, operations.end_repetition)


@routes.post("/trade/repetitions/<int:repetition_id>/skip", needs=EDIT)
def repetition_skip(repetition_id: int) -> Any:
    """Let nothing be made on the next day, `?day=`."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        raise NotFound from None
    return _act(repetition_id, lambda session, actor, found: operations.skip_next(session, actor, found, day))


def _act(repetition_id: int, act: Callable[[Any, Any, Repetition], None]) -> Any:
    session, actor = current_session(), current_actor()
    try:
        act(session, actor, operations.repetition_by_id(session, actor, repetition_id))
        session.flush()
    except NotFound:
        raise
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    return redirect(url_for("trade.repetition_view", repetition_id=repetition_id))


def _saved(form: RepetitionForm, act: Callable[[], Repetition]) -> Repetition | None:
    if not form.validate_on_submit():
        return None
    try:
        return act()
    except KontorError as error:
        show_refusal(form, error)
        return None
