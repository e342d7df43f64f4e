"""What is due of repeated documents is made: each day once, one after the other, in transactions of their own."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, kind_of, post, save
from app.api.errors import Conflict, KontorError
from app.api.notifications import notify_users
from app.api.reference import books_of, organisation
from app.api.security import SYSTEM
from app.api.texts import day as day_text
from app.api.texts import in_language
from app.api.texts import lazy_gettext as _l
from app.api.web import Company
from modules.contacts.api import language_of, send_document
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import TradeDocument
from modules.trade.notifications import repetition_failed
from modules.trade.pricing.proposing import propose_prices
from modules.trade.proposals import Asked, AskedLine
from modules.trade.proposing import propose
from modules.trade.repeating.models import ACTIVE, PROPOSED, Repetition, RepetitionTurn
from modules.trade.repeating.operations import set_due
from modules.trade.repeating.texts import filled
from modules.trade.taxes.lines import renewed
from modules.trade.taxes.proposing import propose_taxes

#: of the document that is repeated, what belongs to it alone
_OWN = {"number": None, "operation_id": None, "version": None, "supplier_number": None, "supplier_day": None}
_NOON = time(12)


def due_repetitions(session: Session, today: date) -> Sequence[int]:
    """The numbers of what has something due, what waits longest first."""
    is_due = (Repetition.state == ACTIVE, Repetition.due <= today)
    return session.scalars(select(Repetition.id).where(*is_due).order_by(Repetition.due, Repetition.id)).all()


def make_next(session: Session, company: Company, repetition_id: int, today: date) -> int | None:
    """Make the next document of a repetition in the books of what it repeats, if it is due by `today`; gives its number, None
    where nothing is due (any more).

    It is made for the session's actor, whom the job lets be the program, held by the guards. Refused: what drafting, posting
    and guards refuse, a document that is reversed by now. The row is locked, and a day has one turn at most: of two workers
    the second finds it made.
    """
    query = select(Repetition).where(Repetition.id == repetition_id).with_for_update()
    repetition = session.scalars(query.execution_options(populate_existing=True)).first()
    if repetition is None or repetition.state != ACTIVE or repetition.due is None or repetition.due > today:
        return None
    source: Any = session.get_one(Document, repetition.source_id)
    if source.state == "reversed":
        raise Conflict(_l("%(number)s, which it repeats, is reversed.", number=source.number))
    turn = RepetitionTurn(repetition_id=repetition.id, day=repetition.due)
    session.add(turn)
    session.flush()
    with books_of(session, source.organisation_id) as acting:
        document = save(session, acting, type(source), draft_for(session, repetition, source, repetition.due))
        if repetition.posts:
            post(session, acting, [document])
        turn.document_id = document.id
        letter = _said(session, repetition, repetition.letter, repetition.due)
        day, repetition.turn, repetition.error = repetition.due, repetition.turn + 1, ""
        set_due(repetition)
        session.flush()
        if repetition.mails:
            _mail(session, company, repetition, document, day, letter)
        return int(document.id)


def draft_for(session: Session, repetition: Repetition, source: TradeDocument, day: date) -> TradeDraft:
    """The document as it says by now, as one of `day`: tax at that day's rate, days as far from it as the document's were from
    its own, nothing that it was made from. What owes moves goods through our stock: an order alone says who delivers."""
    draft: TradeDraft = kind_of(source).draft_of(source)
    lines = [
        replace(line, origin=None, direct=0 if source.debt else line.direct, lots="", expires=None, logistic_unit="")
        for line in draft.lines
    ]
    lines = renewed(session, lines, written=source.moment.date(), day=day)
    if repetition.prices == PROPOSED:
        lines = _priced(session, source, lines, day)
    names = {f.name for f in fields(draft)}
    values: dict[str, Any] = {name: value for name, value in _OWN.items() if name in names}
    after = day - source.moment.date()
    for name in ("delivery", "reserved_until", *(() if source.debt else ("due",))):
        if name in names and (said := getattr(draft, name)) is not None:
            values[name] = said + after
    if source.debt:  # by the terms of its contract or contact
        values["due"] = None
    values["points"] = 0  # nobody is there to spend them
    values["note"] = _said(session, repetition, repetition.note, day)
    values["moment"] = _moment(day, is_posted=repetition.posts)
    return replace(draft, responsible_id=source.responsible_id, lines=lines, **values)


def _said(session: Session, repetition: Repetition, text: str, day: date) -> str:
    """One of its texts for the turn that it is at, in the contact's language."""
    language = language_of(repetition.contact, organisation(session).country)
    return filled(text, day, repetition.rhythm.last_covered(repetition.turn), language)


def _moment(day: date, *, is_posted: bool) -> datetime | None:
    """When it happens: on its day, also when it is made later; today as it is posted, after what came in before."""
    now = wall_clock()
    if day == now.date():
        return None if is_posted else now
    return datetime.combine(day, _NOON)


def _priced(
    session: Session, source: TradeDocument, lines: Sequence[TradeLineDraft], day: date
) -> list[TradeLineDraft]:
    asked = Asked(
        kind_of(source).noun,
        source.currency,
        day,
        [AskedLine(line.item_id, line.quantity) for line in lines],
        source.contact_id,
        source.contract_id,
        source.place_id,
        source.tax_included,
        source.coupon,
    )
    found = propose(session, SYSTEM, asked, (propose_taxes, propose_prices)).lines
    priced = []
    for line, proposed in zip(lines, found, strict=True):
        price = proposed.cells.get("price")  # without one it stays as it is
        discount = proposed.cells.get("discount")
        priced.append(line if price is None else replace(line, price=price, discount=discount or Decimal(0)))
    return priced


def _mail(
    session: Session, company: Company, repetition: Repetition, document: Document, day: date, letter: str
) -> None:
    """Send what was made, with the letter's last words; that it can't be sent is reported, and what was made stands."""
    try:
        with session.begin_nested():
            send_document(session, SYSTEM, company, document, also=letter)
    except KontorError as error:
        said = _l("%(number)s is made, and was not sent: %(why)s", number=document.number, why=error.message)
        _report(session, repetition, said, f"trade.repetition:{repetition.id}:{day}:mail", day)


def note_error(session: Session, repetition_id: int, message: object) -> None:
    """Keep why the next one could not be made, and report it once for its day to whoever set it up and is responsible."""
    repetition = session.get(Repetition, repetition_id)
    if repetition is None or repetition.due is None:
        return
    said = _l(
        "%(name)s could not be repeated for %(day)s: %(why)s",
        name=repetition.source.number or repetition.source.summary,
        day=repetition.due,
        why=message,
    )
    _report(session, repetition, said, f"trade.repetition:{repetition.id}:{repetition.due}", repetition.due)
    language = repetition.user.locale if repetition.user is not None else None
    with in_language(language) if language else nullcontext():
        repetition.error = f"{day_text(repetition.due)}: {message}"


def _report(session: Session, repetition: Repetition, said: object, once: str, day: date) -> None:
    people = {repetition.user_id, repetition.source.responsible_id} - {None}
    link = f"/trade/repetitions/{repetition.id}"
    notify_users(
        session,
        repetition_failed,
        text=said,
        to=sorted(p for p in people if p),
        link=link,
        once=once,
        organisation=repetition.source.organisation_id,
        record=repetition.source,
    )
