"""The trade's pages: the same six for each kind of document, and sales figures."""

import re
import secrets
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Conflict,
    KontorError,
    Quantity,
    Routes,
    base_currency,
    copied,
    current_actor,
    current_session,
    declare_pages,
    digits_of,
    money,
    number,
    operation_id,
    show_list,
    tell_saved,
    to_units,
    wall_clock,
)
from modules.contacts.models import Contact
from modules.contacts.operations import contact_by_id
from modules.contacts.queries import balances_of
from modules.contacts.routes import tabs_of
from modules.trade import tables
from modules.trade.forms import TradeForm
from modules.trade.models import Sale, TradeDocument, TradeLine
from modules.trade.operations import KINDS, TradeDraft, TradeLineDraft, post, reverse, save
from modules.trade.queries import taxes_of
from modules.warehouse.items import items_by_id
from modules.warehouse.models import GOODS
from modules.warehouse.pending import items_waiting
from modules.warehouse.queries import left_to_return

routes = Routes("trade", __name__)
#: a cell's document and line: numbers that a database can look for
_ORIGIN = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")


@routes.get("/trade/results", needs="trade.result.view")
def result_list() -> Any:
    """What was sold, for how much, at what cost."""
    waiting = len(items_waiting(current_session()))
    return show_list(tables.results, list_template="trade/results.html", waiting=waiting)


@routes.get("/trade/contacts/<int:contact_id>", needs="contacts.contact.view")
def contact_documents(contact_id: int) -> Any:
    """A contact's documents: a tab of his card."""
    contact = contact_by_id(current_session(), contact_id)
    return show_list(
        tables.documents_of(contact.id),
        list_template="trade/contact_documents.html",
        contact=contact,
        tabs=tabs_of(contact),
    )


def _view(noun: str, document: TradeDocument) -> Any:
    return render_template("trade/document.html", noun=noun, document=document, taxes=taxes_of(document))


def _edit(noun: str, document: TradeDocument | None) -> Any:
    """The form of a document: saved as a draft, or saved and posted, in one transaction."""
    session, actor, kind = current_session(), current_actor(), KINDS[noun]
    if document is not None and document.state != "draft":
        raise Conflict(_("A posted document can't be changed; take it back and make a new one."))
    origin = document or copied(TradeDocument)
    form = TradeForm(obj=origin)
    form.offer(session)
    form.contact_id.label.text = kind.party
    if request.method == "GET":
        _fill(form, noun, document, origin)
    if form.contact_id.data:
        contact = session.get(Contact, form.contact_id.data)
        form.contact_id.title = contact.name if contact else ""
    if form.validate_on_submit():
        try:
            document = save(session, actor, kind, _draft(form), document=document)
            if request.form.get("then") == "post" and document.state in (None, "draft"):
                _post(session, actor, [document])
            session.flush()
        except KontorError as error:
            session.rollback()
            form.lines.refuse(error)
        else:
            tell_saved(document)
            if noun == "sales_return" and isinstance(origin, Sale):
                _tell_beyond(origin, document)
            return redirect(url_for(f"trade.{noun}_view", document_id=document.id))
    return render_template(
        "trade/document_form.html",
        noun=noun,
        form=form,
        title=tables.DOCUMENTS[noun].create_title if document is None else f"{kind.title} {document.number or ''}",
        digits=digits_of(form.currency.data or base_currency(session)),
        operation=secrets.token_hex(12),
    )


def _fill(form: TradeForm, noun: str, document: TradeDocument | None, origin: TradeDocument | None) -> None:
    """What the form shows first: the draft, what a copy takes over, or a new document's usual values."""
    if document is None:
        form.moment.data, form.due.data = wall_clock(), None
    if origin is None:
        form.contact_id.data = request.args.get("contact", type=int)
        form.currency.data = base_currency(current_session())
    elif document is None and origin.kind != f"trade.{noun}":
        form.note.data = f"{origin.title} {origin.number or ''}".strip()
    if origin is None:
        form.lines.data = []
    elif noun == "sales_return" and isinstance(origin, Sale):
        form.lines.data = _returnable(origin)
    else:
        form.lines.data = [_row(line, line.origin if document is not None else None) for line in origin.lines]


def _post(session: Session, actor: Actor, documents: Sequence[TradeDocument]) -> None:
    """Post, and warn who may know it of customers who owe more than their limit by it, in the organisation's currency."""
    post(session, actor, documents)
    if not (actor.may("contacts.statement.view") and actor.sees("contacts.financial")):
        return
    currency = base_currency(session)
    for sale in documents:
        limit = sale.contact.credit_limit if isinstance(sale, Sale) else None
        debt: Any = balances_of(session, sale.contact_id).get(currency, Decimal(0)) if limit is not None else None
        if limit is not None and debt > limit:
            told = {"name": sale.summary, "debt": money(debt, currency), "limit": money(limit, currency)}
            message = _("%(name)s owes %(debt)s %(currency)s now; the limit is %(limit)s.", currency=currency, **told)
            flash(message, "warning")


def _tell_beyond(sale: Sale, document: TradeDocument) -> None:
    """Warn of items of which more comes back than the sale had. It may be right: there may have been other sales."""
    sold, back = Counter[int](), Counter[int]()
    for quantities, lines in ((sold, sale.lines), (back, document.lines)):
        for line in lines:
            quantities[line.item_id] += to_units(line.quantity, Quantity.scale)
    beyond = items_by_id(current_session(), {item_id for item_id in back if back[item_id] > sold[item_id]})
    if beyond:
        items = ", ".join(item.name for item in beyond.values())
        flash(_("More comes back than %(number)s sold: %(items)s.", number=sale.number, items=items), "warning")


def _returnable(sale: Sale) -> list[dict[str, Any]]:
    """The sale's lines with what of each has not come back yet; services, of which nobody can know, as they were."""
    left = left_to_return(current_session(), [(sale.id, line.line) for line in sale.lines])
    rows = []
    for line in sale.lines:
        if line.item.kind != GOODS:
            rows.append(_row(line, None))
        elif quantity := left.get((sale.id, line.line)):
            rows.append({**_row(line, (sale.id, line.line)), "quantity": number(quantity)})
    return rows


def _row(line: TradeLine, origin: tuple[int, int] | None) -> dict[str, Any]:
    return {
        **({"origin": f"{origin[0]}:{origin[1]}"} if origin is not None else {}),
        "item_id": line.item_id,
        "item": f"{line.item.code} {line.item.name}",
        "quantity": number(line.quantity),
        "price": number(line.price),
        "discount": number(line.discount) if line.discount else "",
        "tax_rate": number(line.tax_rate) if line.tax_rate else "",
    }


def _draft(form: TradeForm) -> TradeDraft:
    values, zero = form.values(), Decimal(0)
    lines = [
        TradeLineDraft(
            row["item_id"],
            row["quantity"] or zero,
            row["price"] or zero,
            row["discount"] or zero,
            row["tax_rate"] or zero,
            _origin(row["origin"]),
        )
        for row in values.pop("lines")
    ]
    return TradeDraft(lines=lines, operation_id=operation_id(), **values)


def _origin(text: str) -> tuple[int, int] | None:
    """The document and line of a cell such as "123:1". What can't be read names no line, which saving refuses."""
    if not text:
        return None
    found = _ORIGIN.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


for _noun, _kind in KINDS.items():
    declare_pages(
        routes,
        _noun,
        _kind,
        table=tables.DOCUMENTS[_noun],
        show=partial(_view, _noun),
        edit=partial(_edit, _noun),
        post=_post,
        reverse=reverse,
    )
