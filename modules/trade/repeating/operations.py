"""Setting up what is repeated; pausing, skipping and ending it. What is made by it: `making`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.documents import Document, kind_of
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import check_day
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import parties_by_id
from modules.trade.models import TradeDocument
from modules.trade.repeating import NOUNS
from modules.trade.repeating.dates import check_rhythm
from modules.trade.repeating.models import ACTIVE, ENDED, KEPT, PAUSED, PRICES, Repetition, RepetitionTurn
from modules.trade.repeating.texts import check_places

VIEW, EDIT = "trade.repetition.view", "trade.repetition.edit"
REPEATED = tuple(f"trade.{noun}" for noun in NOUNS)
#: what makes its days: they stay as they are once something was made
_RHYTHM = ("every", "first", "month_end")


def repeat(session: Session, actor: Actor, source_id: int, **fields: Any) -> Repetition:
    """Repeat a document from a day on.

    Refused: a kind that isn't repeated, a reversed document, a rhythm or text that can't be right (Invalid); what the actor
    might not do by hand: to draft such a document, to post it, to send letters (Forbidden).
    """
    source = source_of(session, actor, source_id)
    if source.state == "reversed":
        raise Conflict(_l("A document that is reversed isn't repeated."))
    usual = {"prices": KEPT, "note": "", "letter": "", "posts": False, "mails": False, "month_end": False}
    repetition = Repetition(source_id=source.id, contact_id=source.contact_id, user_id=actor.user_id, turn=0, **usual)
    return _save(session, actor, repetition, source, fields, verb="create")


def change_repetition(
    session: Session, actor: Actor, repetition: Repetition, *, version: int | None = None, **fields: Any
) -> Repetition:
    """Change what is given of a repetition. Refused as in `repeat`; one that has ended, other days than before once
    something was made of it (Conflict); what somebody has changed since `version` (Changed)."""
    source = source_of(session, actor, repetition.source_id)
    begin_version(session, repetition, version)
    if repetition.state == ENDED:
        raise Conflict(_l("It has ended. Repeat the document again."))
    if repetition.turn and any(n in fields and fields[n] != getattr(repetition, n) for n in _RHYTHM):
        raise Conflict(
            _l("It has begun: its days stay as they are. End it and repeat the document again."), field="every"
        )
    return _save(session, actor, repetition, source, fields, verb="change")


def _save(
    session: Session,
    actor: Actor,
    repetition: Repetition,
    source: TradeDocument,
    fields: Mapping[str, Any],
    *,
    verb: str,
) -> Repetition:
    values, before = kept(Repetition, dict(fields)), repetition.first
    with session.no_autoflush:
        for name, value in values.items():
            setattr(repetition, name, value)
        for name in ("first", "until"):
            if (day := getattr(repetition, name)) is not None:
                check_day(day, field=name)
        check_rhythm(repetition.rhythm)
        if repetition.first != before and repetition.first < wall_clock().date():
            raise Invalid(_l("The first day has passed. Choose today or a later one."), field="first")
        if repetition.prices not in PRICES:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=repetition.prices), field="prices")
        if repetition.mails and not repetition.posts:
            raise Invalid(_l("Only what is posted at once is sent by e-mail."), field="mails")
        for name in ("note", "letter"):
            check_places(getattr(repetition, name) or "", field=name)
    if repetition.posts:
        require(actor, f"{source.kind}.post")
    if repetition.mails:
        require(actor, "contacts.letter.send")
    repetition.error = ""
    set_due(repetition)
    session.add(repetition)
    session.flush()
    _record(session, repetition, source, verb)
    return repetition


def source_of(session: Session, actor: Actor, source_id: int) -> TradeDocument:
    """The document that is repeated, for whoever may repeat it. Refused: one that isn't open to them (NotFound), a kind that
    isn't repeated (Invalid), no right to draft it (Forbidden)."""
    require(actor, EDIT)
    source = session.get(Document, source_id)
    if source is None:
        raise NotFound
    if source.kind not in REPEATED or not isinstance(source, TradeDocument):
        raise Invalid(_l("Documents of this kind aren't repeated."))
    require(actor, f"{source.kind}.edit")
    parties_by_id(session, {source.contact_id})
    return source


def repetition_by_id(session: Session, actor: Actor, repetition_id: int) -> Repetition:
    """One that is open to the actor, with its document. Refused: NotFound."""
    require(actor, VIEW)
    found = session.get(Repetition, repetition_id)
    if found is None or session.get(Document, found.source_id) is None or not actor.may(f"{found.source.kind}.view"):
        raise NotFound
    return found


def set_due(repetition: Repetition) -> None:
    """Let it know when it comes next; after its last turn it has ended, for good."""
    repetition.due = repetition.rhythm.day(repetition.turn)
    if repetition.due is None:
        repetition.state = ENDED


def skip_next(session: Session, actor: Actor, repetition: Repetition, day: date) -> None:
    """Let nothing be made on its next day. Refused: another day than the next (Conflict), as somebody was quicker."""
    source = _begin(session, actor, repetition)
    if repetition.due != day:
        raise Conflict(_l("Someone has changed this meanwhile. Open it again."))
    session.add(RepetitionTurn(repetition_id=repetition.id, day=day, is_skipped=True))
    repetition.turn, repetition.error = repetition.turn + 1, ""
    set_due(repetition)
    session.flush()
    _record(session, repetition, source, "skip")


def pause(session: Session, actor: Actor, repetition: Repetition) -> None:
    """Let nothing be made until it is resumed. Refused: one that has ended (Conflict)."""
    source = _begin(session, actor, repetition)
    if repetition.state != ACTIVE:
        raise Conflict(_l("Only what is active is paused."))
    repetition.state = PAUSED
    session.flush()
    _record(session, repetition, source, "pause")


def resume(session: Session, actor: Actor, repetition: Repetition) -> None:
    """Go on after a pause, with the first day that has not passed: what fell into the pause isn't made up for."""
    source = _begin(session, actor, repetition)
    if repetition.state != PAUSED:
        raise Conflict(_l("Only what is paused is resumed."))
    today = wall_clock().date()
    while (day := repetition.rhythm.day(repetition.turn)) is not None and day < today:
        repetition.turn += 1
    repetition.state, repetition.error = ACTIVE, ""
    set_due(repetition)
    session.flush()
    _record(session, repetition, source, "resume")


def end_repetition(session: Session, actor: Actor, repetition: Repetition) -> None:
    """Make nothing of it any more; what was made stays."""
    source = _begin(session, actor, repetition)
    repetition.state, repetition.due, repetition.error = ENDED, None, ""
    session.flush()
    _record(session, repetition, source, "end")


def _begin(session: Session, actor: Actor, repetition: Repetition) -> TradeDocument:
    source = source_of(session, actor, repetition.source_id)
    begin_version(session, repetition, None)
    return source


def _record(session: Session, repetition: Repetition, source: Document, verb: str) -> None:
    said = source.number or source.summary
    record(session, f"trade.repetition.{verb}", subject="trade.repetition", subject_id=repetition.id, summary=said)


def title_of(source: Document) -> str:
    """What a document is called, with its number if it has one."""
    return f"{kind_of(source).model.title} {source.number or ''}".strip()
