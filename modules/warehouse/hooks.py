"""What the warehouse does when others act."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, PreviewPart, exists_posted
from app.api.ledger import WrittenEntries, at, lies_ahead, now, standing
from app.api.reference import Unit, base_currency
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.web import MOST_COUNTED, Attention, FirstStep, HomeFigure, OverviewFigure
from modules.warehouse import overview
from modules.warehouse.bins import MOVE
from modules.warehouse.bins.putting import items_to_put_away
from modules.warehouse.certificates.models import Certificate
from modules.warehouse.certificates.tables import expires
from modules.warehouse.holds import HOLD, INSPECTION
from modules.warehouse.holds.ending import is_held
from modules.warehouse.holds.models import Hold
from modules.warehouse.holds.operations import follow_arrival, hold_arrived, undo_arrival
from modules.warehouse.holds.tables import held, held_until
from modules.warehouse.jobs import recost_part
from modules.warehouse.lots.tables import days_in_stock
from modules.warehouse.models import Item, Opening, Place, Receipt, Recosting, Transfer
from modules.warehouse.pending import items_waiting, refuse_unsettled
from modules.warehouse.previewing import preview_parts
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions import REQUISITION
from modules.warehouse.requisitions.tables import to_send
from modules.warehouse.transit.outcomes import is_on_its_way
from modules.warehouse.transit.tables import sent_until, transit
from modules.warehouse.units import refuse_fewer_digits
from modules.warehouse.using import refuse_newly_unusable, refuse_unusable, remember_used


def document_posting(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Nothing new is done with items no longer in use, in closed warehouses, or by parts of a unit that is counted whole."""
    del actor
    refuse_unusable(session, documents)


def document_posted(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """What came from suppliers is held for inspection, where its item says so."""
    del actor
    hold_arrived(session, documents)


def document_reversing(session: Session, actor: Actor, document: Document) -> None:
    """What came by it isn't held for inspection any more."""
    del actor
    undo_arrival(session, document)


def document_correcting(session: Session, document: Document) -> None:
    """What the document uses already may stay as it is."""
    remember_used(session, document)


def document_corrected(session: Session, document: Document) -> None:
    """A correction adds nothing that is no longer in use; of what arrived, as much is held for inspection as came."""
    refuse_newly_unusable(session, document)
    follow_arrival(session, document)


def period_closing(session: Session, until: date) -> None:
    """No period is closed while costs in it are being recalculated."""
    refuse_unsettled(session, until)


def unit_changing(session: Session, unit: Unit, digits: int) -> None:
    """A unit is counted no more coarsely than goods of it have moved."""
    refuse_fewer_digits(session, unit, digits)


#: what the list of stock shows a row of
_KEPT_BY = ("item", "place")


def home_attention(session: Session, actor: Actor) -> Iterator[Attention]:
    """Items of which more went out than there was, lots and certificates that expire, and items whose costs are being
    recalculated."""
    if actor.may("warehouse.item.edit"):
        yield from _certificates(session)
    if not actor.may("warehouse.stock.view"):
        return
    held = (
        standing(session, Stock.on_hand, by=_KEPT_BY) if lies_ahead(session, Stock.on_hand) else Stock.on_hand.table
    ).c
    short = select(held.item_id).join(Item, Item.id == held.item_id).join(Place, Place.id == held.place_id)
    yield Attention(
        _count(session, short.where(held.quantity < 0)),
        _("Items below zero in stock"),
        url_for("warehouse.stock_list", level="short"),
        is_urgent=True,
    )
    if actor.may("warehouse.transfer_receipt.edit"):
        sent = select(Transfer.id).where(Transfer.state == "posted", is_on_its_way(Transfer.id))
        yield Attention(_count(session, sent), _("Transfers on their way"), url_for("warehouse.transit_list"))
    if actor.may(f"{MOVE}.edit"):
        for place, count, name in items_to_put_away(session):
            yield Attention(
                count, _("Items to put away: %(place)s", place=name), url_for("warehouse.put_away", place=place)
            )
    if actor.may("warehouse.transfer.edit") and actor.may(f"{REQUISITION}.view"):
        address = url_for("warehouse.requested_list")
        yield Attention(_count(session, to_send(session)), _("Internal requests to send"), address)
    if actor.may(f"{HOLD}.view"):
        held = select(Hold.id).where(Hold.state == "posted", Hold.reason == INSPECTION, is_held(Hold.id))
        address = url_for("warehouse.held_list", reason=INSPECTION)
        yield Attention(_count(session, held), _("Arrivals that wait for inspection"), address)
    today = wall_clock().date()
    expiring = days_in_stock(session, today + timedelta(days=30))
    late = sum(day < today for day in expiring)
    address = url_for("warehouse.lot_list", expires="expired")
    yield Attention(late, _("Lots in stock that have expired"), address, is_urgent=True)
    address = url_for("warehouse.lot_list", expires="30")
    yield Attention(len(expiring) - late, _("Lots that expire within 30 days"), address)
    if actor.sees("warehouse.cost"):
        waiting = _count(session, select(Recosting.item_id))
        yield Attention(waiting, _("Items whose costs are being recalculated"), url_for("warehouse.stock_list"))


def _certificates(session: Session) -> Iterator[Attention]:
    """Those that whoever looks after items renews."""
    words = {"expired": _("Certificates that have expired"), "30": _("Certificates that expire within 30 days")}
    for within, said in words.items():
        address = url_for("warehouse.certificate_list", expires=within)
        found = select(Certificate.id).where(expires(within))
        yield Attention(_count(session, found), said, address, is_urgent=within == "expired")


def period_checks(session: Session, actor: Actor, until: date) -> Iterator[Attention]:
    """Items of which more had gone out than there was when the period ended, costs that are still being recalculated, and what
    was sent or held back by then and still is."""
    if not actor.may("warehouse.stock.view"):
        return
    below = sum(f.amounts["quantity"] < 0 for f in at(session, Stock.on_hand, until, by=("item", "place")))
    address = url_for("warehouse.stock_list", at=until.isoformat(), level="short")
    yield Attention(below, _("Items below zero in stock"), address, is_urgent=True)
    if actor.sees("warehouse.cost"):
        end = datetime.combine(until, time.max)
        waiting = sum(since <= end for since in items_waiting(session).values())
        address = url_for("warehouse.stock_list")
        yield Attention(waiting, _("Items whose costs are being recalculated"), address, is_urgent=True)
    for table, since, endpoint in (
        (transit, sent_until(until), "warehouse.transit_list"),
        (held, held_until(until), "warehouse.held_list"),
    ):
        if actor.may(table.needs):
            rows = table.source(session).add_columns(table.key).where(since)
            yield Attention(_count(session, rows), str(table.title), url_for(endpoint, until=until.isoformat()))


def _count(session: Session, rows: Any) -> int:
    return session.scalars(select(func.count()).select_from(rows.limit(MOST_COUNTED).subquery())).one()


def first_steps(session: Session, actor: Actor) -> Iterator[FirstStep]:
    """The first item, what is in stock already, the first receipt."""
    yield FirstStep(
        "item",
        _l("Add your first item"),
        _l("What you buy, keep and sell. Many at once come in from a spreadsheet by Import."),
        url_for("warehouse.item_new"),
        "warehouse.item.edit",
        lambda session: session.scalars(select(Item.id).limit(1)).first() is not None,
        20,
    )
    yield FirstStep(
        "opening",
        _l("Enter what is in stock already"),
        _l("Opening stock: quantities and what they cost, as of the day you begin."),
        url_for("warehouse.opening_new"),
        "warehouse.opening.edit",
        lambda session: exists_posted(session, Opening),
        40,
    )
    yield FirstStep(
        "receipt",
        _l("Receive your first goods"),
        _l("A receipt brings goods into a warehouse."),
        url_for("warehouse.receipt_new"),
        "warehouse.receipt.edit",
        lambda session: exists_posted(session, Receipt),
        50,
    )


def book_figures(session: Session, actor: Actor) -> Iterator[HomeFigure]:
    """What the goods in stock cost."""
    if not (actor.may("warehouse.stock.view") and actor.sees("warehouse.cost")):
        return
    currency = base_currency(session)
    value = sum((figure.amounts["value"] for figure in now(session, Stock.worth, by=())), Decimal(0))
    shown = f"{money(value, currency)} {currency}"
    yield HomeFigure(_("Goods in stock"), shown, url_for("warehouse.stock_list"), _("at what they cost"))


def documents_erasing(session: Session) -> None:
    """No cost waits to be recalculated because of a document that there won't be."""
    while recost_part(session):
        pass


def overview_figures(session: Session, actor: Actor, since: date, until: date) -> Iterator[OverviewFigure]:
    """What is short, and what can be shipped."""
    del since, until  # as of now
    yield from overview.figures(session, actor)


def document_previewed(
    session: Session, actor: Actor, document: Document, written: WrittenEntries
) -> Iterator[PreviewPart]:
    """What is on hand afterwards, and whose costs change."""
    return preview_parts(session, actor, document, written)
