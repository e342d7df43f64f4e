"""The pages of early-payment discounts: their lists, one of them, giving one by hand, reversing it."""

import secrets
from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import BooleanField, TextAreaField

from app.api.documents import kind_of, locked, reverse
from app.api.errors import KontorError, NotFound
from app.api.security import MASKED
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import money, number
from app.api.web import (
    AmountField,
    Form,
    MomentField,
    Routes,
    address_of_all,
    current_actor,
    current_session,
    is_back_from_preview,
    may_change_others,
    operation_id,
    refusal_words,
    required,
    show_changes_first,
    show_document,
    show_list,
    show_refusal,
)
from modules.trade.early.kinds import EARLY_DISCOUNT, SUPPLIER_DISCOUNT
from modules.trade.early.offering import DISCOUNTS, Offer, offers
from modules.trade.early.operations import DiscountSaid, give_discount
from modules.trade.early.tables import TABLES
from modules.trade.models import TradeDocument


class DiscountForm(Form):
    """A discount by hand."""

    of = EARLY_DISCOUNT.model

    amount = AmountField(_l("Discount"), [required])
    moment = MomentField(_l("Date"))
    is_late = BooleanField(_l("It is meant, though the days for it are over"))
    note = TextAreaField(_l("Note"))


def declare_discounts(routes: Routes) -> None:
    """The pages of both kinds."""
    for kind in (EARLY_DISCOUNT, SUPPLIER_DISCOUNT):
        _declare(routes, kind)
    routes.context_processor(lambda: {"early_offer": _noun_to_offer, "more_buttons": "trade/document_more.html"})


def _declare(routes: Routes, kind: Any) -> None:
    noun, needs = kind.noun, f"{kind.name}."
    address = address_of_all(routes.name, noun)

    def list_page() -> Any:
        return show_list(TABLES[noun])

    def view_page(document_id: int) -> Any:
        document = current_session().get(kind.model, document_id)
        if document is None:
            raise NotFound
        return show_document(document)

    def new_page(document_id: int) -> Any:
        return _give(noun, document_id)

    def reverse_page(document_id: int) -> Any:
        session = current_session()
        document = locked(session, kind.model, document_id)
        try:
            reverse(session, current_actor(), document)
            session.flush()
        except KontorError as error:
            session.rollback()
            flash(refusal_words(error), "error")
        else:
            flash(_("%(number)s is reversed.", number=document.number), "success")
        return redirect(url_for(f"{kind.name}_view", document_id=document_id))

    routes.get(address, needs=needs + "view", endpoint=f"{noun}_list")(list_page)
    routes.get(f"{address}/<int:document_id>", needs=needs + "view", endpoint=f"{noun}_view")(view_page)
    routes.form(f"{address}/of/<int:document_id>", needs=needs + "post", endpoint=f"{noun}_new")(new_page)
    routes.post(f"{address}/<int:document_id>/reverse", needs=needs + "reverse", endpoint=f"{noun}_reverse")(
        reverse_page
    )


def _give(noun: str, document_id: int) -> Any:
    """Give a discount on a document by hand: what its terms let off, unless somebody types less."""
    session, form = current_session(), DiscountForm()
    original = session.get(TradeDocument, document_id)
    if original is None or original.kind not in DISCOUNTS or kind_of(DISCOUNTS[original.kind]).noun != noun:
        raise NotFound
    if not current_actor().may(f"{original.kind}.view") or not isinstance(original.amount, Decimal):
        raise NotFound
    offer = offers(session, [document_id]).get(document_id)
    if not form.is_submitted():
        form.moment.offer_present()
        form.amount.data = offer.amount if offer is not None else None
    form.amount.currency = original.currency
    form.amount.label.text = _("Discount, %(currency)s", currency=original.currency)
    back = url_for(f"{original.kind}_view", document_id=document_id)
    title = _("Early-payment discount on %(number)s", number=original.number or "")
    if not is_back_from_preview() and form.validate_on_submit():
        said = DiscountSaid(document_id=document_id, operation_id=operation_id(), **form.values())
        give, kind = partial(give_discount, session, current_actor(), said), kind_of(DISCOUNTS[original.kind])
        try:
            if may_change_others(kind, said.moment) and (page := show_changes_first(give, title, kind.words)):
                return page
            made = give()
            session.flush()
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for(f"trade.{noun}_view", document_id=made.id))
    return render_template(
        "trade/early_discount_form.html",
        form=form,
        title=title,
        said=_words(offer) if offer is not None else "",
        back=back,
        operation=secrets.token_hex(12),
    )


def _words(offer: Offer) -> Any:
    said = {
        "percent": number(offer.percent),
        "until": said_day(offer.until),
        "open": money(offer.open, offer.currency),
        "rest": money(offer.open - offer.amount, offer.currency),
    }
    return _(
        "The terms: %(percent)s %% off for payments until %(until)s. %(open)s is open now; with the discount %(rest)s is.",
        **said,
    )


def _noun_to_offer(document: Any) -> str:
    """Which discount somebody may give on a document that they look at; empty: none."""
    if getattr(document, "kind", "") not in DISCOUNTS or document.state != "posted" or not document.discount_percent:
        return ""
    kind: Any = kind_of(DISCOUNTS[document.kind])
    if not current_actor().may(f"{kind.name}.post") or document.amount is MASKED:
        return ""
    return str(kind.noun) if offers(current_session(), [document.id]) else ""
