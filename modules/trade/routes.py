"""The trade's pages: the same six for each kind of document, and sales figures."""

import secrets
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.api import (
    Conflict,
    KontorError,
    NotFound,
    Routes,
    base_currency,
    current_actor,
    current_session,
    digits_of,
    locked,
    number,
    operation_id,
    show_list,
    wall_clock,
)
from modules.contacts.models import Contact
from modules.trade import tables
from modules.trade.forms import TradeForm
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.operations import KINDS, TradeDraft, TradeLineDraft, post, reverse, save
from modules.trade.queries import taxes_of

routes = Routes("trade", __name__)

TITLES = {
    "sale": (_l("Sale"), _l("New sale"), _l("Customer")),
    "sales_return": (_l("Sales return"), _l("New sales return"), _l("Customer")),
    "purchase": (_l("Purchase"), _l("New purchase"), _l("Supplier")),
}


@routes.get("/trade/results", needs="trade.result.view")
def result_list() -> Any:
    """What was sold, for how much, at what cost."""
    return show_list(tables.results)


def _declare(noun: str) -> None:
    """The pages of one kind of document: list, new, view, edit, post, reverse."""
    kind, path = KINDS[noun], noun.replace("_", "-") + "s"

    def view(document_id: int) -> Any:
        return _view(noun, _document(kind, document_id))

    def edit(document_id: int) -> Any:
        return _edit(noun, _document(kind, document_id))

    def post_draft(document_id: int) -> Any:
        document = locked(current_session(), kind, document_id)
        try:
            post(current_session(), current_actor(), [document])
        except KontorError as error:
            current_session().rollback()
            flash(str(error), "error")
        else:
            flash(_("%(number)s is posted.", number=document.number), "success")
        return redirect(url_for(f"trade.{noun}_view", document_id=document_id))

    def take_back(document_id: int) -> Any:
        try:
            reverse(current_session(), current_actor(), kind, document_id)
        except Conflict as error:
            current_session().rollback()
            flash(str(error), "error")
        else:
            flash(_("Taken back."), "success")
        return redirect(url_for(f"trade.{noun}_view", document_id=document_id))

    one = f"/trade/{path}/<int:document_id>"
    needs = f"trade.{noun}."
    routes.get(f"/trade/{path}", needs=needs + "view", endpoint=f"{noun}_list")(
        lambda: show_list(tables.DOCUMENTS[noun])
    )
    routes.form(f"/trade/{path}/new", needs=needs + "edit", endpoint=f"{noun}_new")(lambda: _edit(noun, None))
    routes.get(one, needs=needs + "view", endpoint=f"{noun}_view")(view)
    routes.form(f"{one}/edit", needs=needs + "edit", endpoint=f"{noun}_edit")(edit)
    routes.post(f"{one}/post", needs=needs + "post", endpoint=f"{noun}_post")(post_draft)
    routes.post(f"{one}/reverse", needs=needs + "reverse", endpoint=f"{noun}_reverse")(take_back)


for _noun in KINDS:
    _declare(_noun)


def _view(noun: str, document: TradeDocument) -> Any:
    title, _new, party = TITLES[noun]
    return render_template(
        "trade/document.html", noun=noun, document=document, title=title, party=party, taxes=taxes_of(document)
    )


def _edit(noun: str, document: TradeDocument | None) -> Any:
    """The form of a document: saved as a draft, or saved and posted, in one transaction."""
    session, actor, kind = current_session(), current_actor(), KINDS[noun]
    if document is not None and document.state != "draft":
        raise Conflict(_("A posted document can't be changed; take it back and make a new one."))
    title, new, party = TITLES[noun]
    form = TradeForm(obj=document)
    form.offer(session)
    form.contact_id.label.text = party
    if request.method == "GET":
        _fill(form, document)
    if form.contact_id.data:
        contact = session.get(Contact, form.contact_id.data)
        form.contact_id.title = contact.name if contact else ""
    if form.validate_on_submit():
        try:
            document = save(session, actor, kind, _draft(form), document=document)
            if request.form.get("then") == "post" and document.state in (None, "draft"):
                post(session, actor, [document])
            session.flush()
        except KontorError as error:
            session.rollback()
            form.lines.errors = [str(error)]
        else:
            posted = document.state == "posted"
            flash(_("%(number)s is posted.", number=document.number) if posted else _("Draft saved."), "success")
            return redirect(url_for(f"trade.{noun}_view", document_id=document.id))
    return render_template(
        "trade/document_form.html",
        noun=noun,
        form=form,
        title=new if document is None else f"{title} {document.number or ''}",
        digits=digits_of(form.currency.data or base_currency(session)),
        operation=secrets.token_hex(12),
    )


def _fill(form: TradeForm, document: TradeDocument | None) -> None:
    """What the form shows first: the draft, or a new document's usual values."""
    if document is None:
        form.contact_id.data = request.args.get("contact", type=int)
        form.currency.data = base_currency(current_session())
        form.moment.data = wall_clock()
    form.lines.data = [_row(line) for line in document.lines] if document else []


def _row(line: TradeLine) -> dict[str, Any]:
    return {
        "item_id": line.item_id,
        "item": f"{line.item.code} {line.item.name}",
        "quantity": number(line.quantity),
        "price": number(line.price),
        "discount": number(line.discount) if line.discount else "",
        "tax_rate": number(line.tax_rate) if line.tax_rate else "",
    }


def _draft(form: TradeForm) -> TradeDraft:
    values, nought = form.values(), Decimal(0)
    lines = [
        TradeLineDraft(
            row["item_id"],
            row["quantity"] or nought,
            row["price"] or nought,
            row["discount"] or nought,
            row["tax_rate"] or nought,
        )
        for row in values.pop("lines")
    ]
    return TradeDraft(lines=lines, operation_id=operation_id(), **values)


def _document(kind: type[TradeDocument], document_id: int) -> TradeDocument:
    document = current_session().get(kind, document_id)
    if document is None:
        raise NotFound
    return document
