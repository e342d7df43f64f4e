"""What the contacts do when others act."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, PreviewPart, named_in, newly_named, remember_named
from app.api.jobs import Job
from app.api.ledger import WrittenEntries, now
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.web import MOST_COUNTED, Attention, FirstStep, HomeFigure, HomePart, OverviewFigure, TimelineSource
from modules.contacts import overview
from modules.contacts.advances import settled_pairs
from modules.contacts.allocations import allocations_among, forget_lines, refuse_unfit, release
from modules.contacts.bank_lines import forget_document
from modules.contacts.bank_models import BankLine, BankStatement
from modules.contacts.bank_tables import STATE
from modules.contacts.dunning.timeline import PRINTED, printed_reminders
from modules.contacts.letters.sending import end_letter
from modules.contacts.mailings.reporting import break_off
from modules.contacts.models import Contact, OpenItem, Payment
from modules.contacts.overdue import due_items
from modules.contacts.previewing import preview_parts
from modules.contacts.queries import OPEN, is_open, of_item
from modules.contacts.registers import Settlements
from modules.contacts.using import refuse_out_of_use
from modules.contacts.work.models import OPEN as OPEN_TASK
from modules.contacts.work.models import Task
from modules.contacts.work.queries import day_of, names_of_contacts
from modules.contacts.work.rules import ACTIVITIES
from modules.contacts.work.timeline import LETTERS, SOURCES, TASKS, activities, closed_tasks, letters

#: how many days ahead one pays
_SOON = timedelta(days=7)


def document_posting(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Nothing is bought from or sold to a contact that is no longer in use."""
    del actor
    refuse_out_of_use(session, named_in(documents, Contact))


def job_ended(session: Session, job: Job) -> None:
    """A letter whose job is over doesn't wait, and a mailing that broke off says so."""
    end_letter(session, job)
    break_off(session, job)


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What a document settled, and what settled it, stands by itself again before it is reversed."""
    release(session, actor, document)
    forget_document(session, document)


def document_correcting(session: Session, document: Document) -> None:
    """What it settled is settled again; the contact that it has already may stay."""
    remember_named(session, document, Contact)
    forget_lines(session, document)


def document_corrected(session: Session, document: Document) -> None:
    """What others settled of it must fit what it says now, and a contact no longer in use gets nothing new."""
    refuse_out_of_use(session, newly_named(session, document, Contact))
    refuse_unfit(session, document)


def home_attention(session: Session, actor: Actor) -> Iterator[Attention]:
    """What customers should have paid by now, and what we pay within a week."""
    if not (actor.may("contacts.statement.view") and actor.sees("contacts.financial")):
        return
    today = wall_clock().date()
    late, soon = today - timedelta(days=1), today + _SOON
    for who, day, title in (
        ("them", late, _("Overdue: customers owe us")),
        ("us", soon, _("Due within a week: we owe")),
    ):
        rows = due_items(session, day, is_owed_to_us=who == "them")
        count = session.scalars(select(func.count()).select_from(rows.limit(MOST_COUNTED).subquery())).one()
        yield Attention(
            count, title, url_for("contacts.open_item_list", who=who, due=day.isoformat()), is_urgent=who == "them"
        )


def period_checks(session: Session, actor: Actor, until: date) -> Iterator[Attention]:
    """Lines of bank statements that nobody has confirmed, and payments that settle nothing, or not all of what they are."""
    end = datetime.combine(until, time.max)
    if actor.may("contacts.bank.view"):
        waiting = (
            select(func.count()).select_from(BankLine).join(BankStatement, BankStatement.id == BankLine.statement_id)
        )
        waiting = waiting.where(STATE == "new", BankLine.day <= until)
        address = url_for("contacts.bank_list", waiting="yes")
        yield Attention(session.scalars(waiting).one(), _("Lines of bank statements to confirm"), address)
    if actor.may("contacts.statement.view") and actor.sees("contacts.financial"):
        open_ = select(func.count()).select_from(OpenItem).join(Contact).join(OPEN, of_item(session))
        open_ = open_.join(Payment, Payment.id == OpenItem.document_id).where(is_open(), Payment.moment <= end)
        address = url_for("contacts.open_item_list", kind="payment", dated=until.isoformat())
        yield Attention(session.scalars(open_).one(), _("Payments that aren't allocated in full"), address)


def home_parts(session: Session, actor: Actor) -> Iterator[HomePart]:
    """One's own tasks: overdue, today's, the next days'; and the one that was just done, to open it again."""
    if not actor.may("contacts.task.view") or actor.user_id is None:
        return
    day = day_of(session, actor)
    number = request.args.get("done", "")
    done = session.get(Task, int(number)) if number.isdecimal() and len(number) < 19 else None
    values = {"day": day, "contacts": names_of_contacts(session, actor, day.tasks), "now": wall_clock()}
    yield HomePart("contacts/my_day.html", {**values, "done": done if done and done.state != OPEN_TASK else None})


def documents_settled(session: Session, documents: Collection[int]) -> Iterator[tuple[int, int]]:
    """What was paid and what paid it belong together."""
    yield from settled_pairs(session, documents)


def timeline(session: Session, actor: Actor, target: str, record: Any) -> Iterator[TimelineSource]:
    """Activities of each kind, and tasks that are over."""
    if target != "contacts.contact":
        return
    if actor.may("contacts.activity.view"):
        for source, kind in SOURCES.items():
            shown = partial(activities, session, actor, record.id, source)
            yield TimelineSource(source, str(ACTIVITIES[kind]), shown, "contacts")
    if actor.may("contacts.letter.view"):
        yield TimelineSource(LETTERS, _("E-mails"), partial(letters, session, record.id), "contacts")
    if actor.may("contacts.statement.view") and actor.may("contacts.letter.view"):
        yield TimelineSource(
            PRINTED, _("Payment reminders"), partial(printed_reminders, session, record.id), "contacts"
        )
    if actor.may("contacts.task.view"):
        yield TimelineSource(TASKS, _("Tasks"), partial(closed_tasks, session, actor, record.id), "contacts")


def first_steps(session: Session, actor: Actor) -> Iterator[FirstStep]:
    """The first contact."""
    yield FirstStep(
        "contact",
        _l("Add your first contact"),
        _l("A customer or supplier. Many at once come in from a spreadsheet by Import."),
        url_for("contacts.contact_new", kind="legal_entity"),
        "contacts.contact.edit",
        lambda session: session.scalars(select(Contact.id).limit(1)).first() is not None,
        30,
    )


def book_figures(session: Session, actor: Actor) -> Iterator[HomeFigure]:
    """What customers owe and what we owe, contact by contact, in the organisation's currency."""
    if not (actor.may("contacts.statement.view") and actor.sees("contacts.financial")):
        return
    currency = base_currency(session)
    owed = [figure.amounts["base"] for figure in now(session, Settlements.balance, by=("contact",))]
    for who, title, amounts in (
        ("them", _("Receivables: contacts owe us"), [amount for amount in owed if amount > 0]),
        ("us", _("Payables: we owe contacts"), [-amount for amount in owed if amount < 0]),
    ):
        value = f"{money(sum(amounts, Decimal(0)), currency)} {currency}"
        note = ngettext("%(num)d contact", "%(num)d contacts", len(amounts))
        yield HomeFigure(title, value, url_for("contacts.open_item_list", who=who), note)


def sample_gathering(session: Session, documents: set[int]) -> None:
    """An allocation between two of its documents is the sample's, whoever made it."""
    documents |= allocations_among(session, documents)


def overview_figures(session: Session, actor: Actor, since: date, until: date) -> Iterator[OverviewFigure]:
    """Money of the period, and what is overdue."""
    yield from overview.figures(session, actor, since, until)


def overview_parts(session: Session, actor: Actor) -> Iterator[HomePart]:
    """The money that is expected, week by week."""
    yield from overview.parts(session, actor)


def document_previewed(
    session: Session, actor: Actor, document: Document, written: WrittenEntries
) -> Iterator[PreviewPart]:
    """What contacts would owe."""
    return preview_parts(session, actor, document, written)
