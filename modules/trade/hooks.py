"""What trade adds to the core's pages."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import among
from app.api.documents import Document, ExpectedMoney, Joint, PreviewPart, exists_posted
from app.api.ledger import Posting, Written, WrittenEntries, moved_in_period
from app.api.persons import Found, Person
from app.api.reference import base_currency, organisation_id
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.web import Attention, FirstStep, HomeFigure, HomePart, OverviewFigure
from modules.trade import overview
from modules.trade.direct.operations import refuse_corrected_delivery, refuse_while_sold
from modules.trade.early.operations import refuse_correction_of_discounted, refuse_while_discounted
from modules.trade.exchanging.operations import refuse_while_exchanged
from modules.trade.expected.orders import orders, receipts
from modules.trade.expected.repeated import repeated
from modules.trade.intercompany.operations import make_by_itself, refuse_correction, reverse_other_side
from modules.trade.joined import JOINED
from modules.trade.models import Purchase, Sale, TradeDocument
from modules.trade.parcels.persons import add_parcels, forget_parcels
from modules.trade.paying import settle_advances
from modules.trade.pipeline import overview as orders_ahead
from modules.trade.pipeline.stages import lying_in, stage_of
from modules.trade.previewing import preview_parts
from modules.trade.registers import IN, OUT, Sales
from modules.trade.replenishing import VIEW as SEES_TO_BUY
from modules.trade.replenishing.queries import count_proposals
from modules.trade.reservations import goods_that_came, grant
from modules.trade.shipping.queue import count_waiting
from modules.trade.taxes.book import book_of
from modules.trade.till.models import Shift, Till
from modules.trade.till.shifts import VIEW as SEES_SHIFTS
from modules.trade.todo.queries import count as todo_count
from modules.trade.waves.models import PICKING
from modules.trade.waves.queries import count_open
from modules.warehouse.api import CostChange

_BOOKS = PastPolicy("what was sold costs what its goods do, whoever may see the sale")


def costs_changed(session: Session, posting: Posting, changes: Sequence[CostChange]) -> None:
    """Let what was sold cost what recosting found: a difference beside each entry of a sale's or return's line."""
    found: dict[tuple[int, int], list[CostChange]] = defaultdict(list)
    for change in changes:
        found[change.document_id, change.line].append(change)
    e = Sales.entries.c
    keys = (e.document_id, e.line, e.item_id, e.contact_id, e.side)
    # What a correction has reversed sums to nothing; it sold nothing that could cost more.
    stands = func.sum(type_coerce(e.quantity, BigInteger)) != 0
    connection = _BOOKS(session)
    documents = among(connection, e.document_id, {c.document_id for c in changes})
    rows = connection.execute(select(*keys).where(documents).group_by(*keys).having(stands)).all()
    for document_id, line, item_id, contact_id, side in rows:
        for change in found.get((document_id, line), ()):
            posting.add_units(
                Sales,
                Written(document_id, change.happened, posting.organisation_id),
                line,
                moment=change.moment,
                cause_id=change.cause_id,
                side=side,
                item=item_id,
                contact=contact_id,
                cost=side * change.difference,
            )


def document_posted(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Goods that came in are kept for the orders that wait for them; what was paid in advance settles what is sold for it."""
    came = {document: items for document in documents if (items := goods_that_came(document))}
    if came:
        grant(session, max(came, key=lambda d: d.moment), set().union(*came.values()))
    settle_advances(session, documents)
    make_by_itself(session, actor, documents)


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What another own organisation has for it goes with it; of an exchange, what went out last is reversed first."""
    del actor
    refuse_while_discounted(session, document)
    refuse_while_exchanged(session, document)
    refuse_while_sold(session, document)
    reverse_other_side(session, document)


def document_correcting(session: Session, document: Document) -> None:
    """One side of a deal between own organisations isn't corrected alone, nor what a discount is on."""
    refuse_corrected_delivery(document)
    refuse_correction_of_discounted(session, document)
    refuse_correction(session, document)


def documents_joined(session: Session) -> Iterable[Joint]:
    """As in `modules.trade.joined`."""
    return JOINED


def document_corrected(session: Session, document: Document) -> None:
    """More may have come in than before."""
    if items := goods_that_came(document):
        grant(session, document, items)


def person_finding(session: Session, person: Person, found: Found) -> None:
    """Parcels say who received them."""
    add_parcels(session, person, found)


def person_erasing(session: Session, person: Person) -> None:
    """Parcels say it no more."""
    forget_parcels(session, person)


def first_steps(session: Session, actor: Actor) -> Iterator[FirstStep]:
    """Where there is trade, goods come in by a purchase; and the first sale."""
    yield FirstStep(
        "tax",
        _l("Take the tax codes of your country"),
        _l("Their rates come with the days on which they changed; documents choose by themselves."),
        url_for("trade.tax_code_list"),
        "trade.tax.edit",
        lambda session: exists_posted(session, Sale) or bool(book_of(session).codes),
        45,
    )
    yield FirstStep(
        "receipt",
        _l("Record your first purchase"),
        _l("Goods and the supplier's invoice in one."),
        url_for("trade.purchase_new"),
        "trade.purchase.edit",
        lambda session: exists_posted(session, Purchase),
        50,
    )
    yield FirstStep(
        "sale",
        _l("Make your first sale"),
        _l("Delivery note and invoice in one: goods go out, and the customer owes."),
        url_for("trade.sale_new"),
        "trade.sale.edit",
        lambda session: exists_posted(session, Sale),
        60,
    )


def home_figures(session: Session, actor: Actor) -> Iterator[HomeFigure]:
    """What was sold today and this month less returns, without tax, to the contacts that are open to the actor."""
    if not (actor.may("trade.sale.view") and actor.may("trade.result.view")):
        return
    currency, today = base_currency(session), wall_clock().date()
    for title, since in ((_("Sales today"), today), (_("Sales this month"), today.replace(day=1))):
        sold = moved_in_period(session, Sales.results, since, today, by=())
        revenue = sum((row.taken_in["revenue"] - row.given_out["revenue"] for row in sold), Decimal(0))
        in_period = (Sale.moment >= since, Sale.moment < today + timedelta(days=1))
        count = session.scalars(select(func.count(Sale.id)).where(Sale.state == "posted", *in_period)).one()
        yield HomeFigure(
            title,
            f"{money(revenue, currency)} {currency}",
            # not the list of sales: returns and what was sold on commission are in the figure
            url_for("trade.result_documents", since=since.isoformat(), until=today.isoformat()),
            ngettext("%(num)d sale, less returns, without tax", "%(num)d sales, less returns, without tax", count),
        )


def home_attention(session: Session, actor: Actor) -> Iterator[Attention]:
    """What waits for a salesperson, for whoever ships and receives, and for a buyer; each of it on one page."""
    if actor.may("trade.todo.view"):
        count, is_late = todo_count(session, actor)
        yield Attention(count, _("To do in sales"), url_for("trade.todo_list"), is_urgent=is_late)
    if actor.may(SEES_TO_BUY):
        yield Attention(count_proposals(session), _("Items to buy"), url_for("trade.to_buy_list"))
    ships, buys = actor.may("trade.shipping.view"), actor.may("trade.purchase_order.edit")
    if not ships and not buys:
        return
    waiting = count_waiting(session)
    if ships:
        for direction, title in ((OUT, _("Orders to ship")), (IN, _("Orders to receive"))):
            count, late = waiting.get(direction, (0, 0))
            yield Attention(count, title, url_for("trade.shipping_list"), is_urgent=late > 0)
        picked, own = count_open(session)
        own_waves = url_for("trade.wave_list", state=PICKING, picker=actor.user_id)
        yield Attention(own, _("Waves that you pick"), own_waves)
        yield Attention(picked, _("Waves to pick"), url_for("trade.wave_list", state=PICKING))
    elif late := waiting.get(IN, (0, 0))[1]:
        address = url_for("trade.pipeline_purchases")
        yield Attention(late, _("Orders that are late to arrive"), address, is_urgent=True)


def period_checks(session: Session, actor: Actor, until: date) -> Iterator[Attention]:
    """Goods that came without an invoice, and shifts of tills whose cash nobody has counted."""
    if actor.may("trade.purchase_order.view"):
        waiting = lying_in(session, IN, stage_of(IN, "received"), {"until": until})
        count = session.scalars(select(func.count()).select_from(TradeDocument).where(*waiting)).one()
        address = url_for("core.report_view", name="trade.pipeline_in", stage="received", until=until.isoformat())
        yield Attention(count, _("Goods receipts that aren't invoiced"), address)
    if actor.may(SEES_SHIFTS):
        begun = (Shift.closed_at.is_(None), Shift.opened_at <= datetime.combine(until, time.max))
        of_own = select(func.count()).select_from(Shift).join(Till, Till.id == Shift.till_id).where(*begun)
        count = session.scalars(of_own.where(Till.organisation_id == organisation_id(session))).one()
        yield Attention(count, _("Shifts that aren't closed"), url_for("trade.shift_list"))


def book_figures(session: Session, actor: Actor) -> Iterator[HomeFigure]:
    """What was earned since the year began."""
    if not actor.may("trade.result.view"):
        return
    today = wall_clock().date()
    since, currency = today.replace(month=1, day=1), base_currency(session)
    sold = moved_in_period(session, Sales.results, since, today, by=())
    note = _("this year, less returns, without tax")
    address = url_for("trade.result_list", since=since.isoformat(), until=today.isoformat())
    titles = {"revenue": _("Revenue"), "cost": _("Cost of what was sold")}
    sums = {
        name: sum((row.taken_in[name] - row.given_out[name] for row in sold), Decimal(0))
        for name in titles
        if name == "revenue" or actor.sees("warehouse.cost")
    }
    if "cost" in sums:
        titles["margin"], sums["margin"] = _("Gross profit"), sums["revenue"] - sums["cost"]
    for name, value in sums.items():
        yield HomeFigure(titles[name], f"{money(value, currency)} {currency}", address, note)


def money_expected(session: Session, actor: Actor, until: date) -> Iterator[ExpectedMoney]:
    """For what is ordered and not delivered, for what came and isn't charged, and for what is repeated."""
    today = wall_clock().date()
    yield from orders(session, actor, today)
    yield from receipts(session, actor, today)
    yield from repeated(session, actor, today, until)


def overview_figures(session: Session, actor: Actor, since: date, until: date) -> Iterator[OverviewFigure]:
    """What was shipped and earned in the period; orders that are late, and those that can be shipped."""
    yield from overview.figures(session, actor, since, until)
    yield from orders_ahead.figures(session, actor)


def overview_parts(session: Session, actor: Actor) -> Iterator[HomePart]:
    """What is to be shipped and to arrive, week by week."""
    yield from orders_ahead.parts(session, actor)


def document_previewed(
    session: Session, actor: Actor, document: Document, written: WrittenEntries
) -> Iterator[PreviewPart]:
    """What sales would earn."""
    return preview_parts(session, actor, document, written)
