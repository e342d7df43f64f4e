"""The pages of sales between own organisations: as which contacts they trade, and the button that makes the other side."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import BooleanField

from app.api.documents import Document
from app.api.errors import KontorError, NotFound
from app.api.reference import Organisation, own_organisations
from app.api.reports import show_report
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    Form,
    LookupField,
    SelectField,
    VersionField,
    current_actor,
    current_session,
    refusal_words,
    required,
    show_list,
    show_refusal,
)
from modules.contacts.api import Payment
from modules.trade.blueprint import routes
from modules.trade.intercompany import tables
from modules.trade.intercompany.models import OwnContact
from modules.trade.intercompany.operations import EDIT, MIRRORED, VIEW, make_other_side, other_side_of, save_own_contact
from modules.trade.intercompany.payments import accounts_for, make_payment_side, payment_side_to_make
from modules.trade.intercompany.reports import own_balances
from modules.warehouse.api import unoffered_warehouse, warehouse_choices


class OwnContactForm(Form):
    """As which contact the others trade with an organisation."""

    of = OwnContact

    version = VersionField()
    contact_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    place_id = SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place_id: unoffered_warehouse(current_session(), place_id),
        description=_l("Where goods that it buys of the others come in."),
    )
    is_automatic = BooleanField(
        _l("Buy by itself"),
        description=_l("Its purchase is posted as soon as another organisation posts a sale to it."),
    )


@routes.get("/trade/own-balances", needs=VIEW, help="own_sale")
def own_balance_list() -> Any:
    """What own organisations owe each other."""
    return show_report(own_balances, list_template="trade/own_balances.html")


@routes.get("/trade/own-organisations", needs=EDIT, help="own_sale")
def own_contact_list() -> Any:
    """The own organisations, each with the contact that it is."""
    return show_list(tables.own_contacts)


@routes.form("/trade/own-organisations/<int:organisation_id>", needs=EDIT, help="own_sale")
def own_contact_edit(organisation_id: int) -> Any:
    """Say which contact an organisation is."""
    session = current_session()
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    form = OwnContactForm(obj=session.get(OwnContact, organisation_id))
    if form.validate_on_submit():
        try:
            save_own_contact(session, current_actor(), organisation_id, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.own_contact_list"))
    return render_template("form.html", form=form, title=organisation.name, back=url_for("trade.own_contact_list"))


@routes.post("/trade/own-sales/<int:document_id>", needs="trade.purchase.post")
def own_sale_make(document_id: int) -> Any:
    """Make the other side of a sale or return to another own organisation."""
    session, document = current_session(), current_session().get(Document, document_id)
    if document is None or type(document) not in MIRRORED:
        raise NotFound
    try:
        make_other_side(session, current_actor(), document)  # type: ignore[arg-type] # of MIRRORED
        side = other_side_of(session, document)  # type: ignore[arg-type]
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    else:
        if side is not None:
            said = {"title": side.title, "number": side.number, "organisation": side.organisation}
            flash(_("%(title)s %(number)s is posted in the books of %(organisation)s.", **said), "success")
    return redirect(url_for(f"{document.kind}_view", document_id=document_id))


class OwnPaymentForm(Form):
    """Whether the payment that the other organisation has is linked; else on which account it received or paid it."""

    link_id = SelectField(_l("Its side"), coerce=int)
    account_id = SelectField(_l("Account"), coerce=int)


@routes.form("/trade/own-payments/<int:document_id>", needs="contacts.payment.post", help="own_sale")
def own_payment_make(document_id: int) -> Any:
    """Record the other side of a payment between own organisations, or link the one that is there."""
    session = current_session()
    payment, back = session.get(Payment, document_id), url_for("contacts.payment_view", document_id=document_id)
    if payment is None:
        raise NotFound
    side = payment_side_to_make(session, payment)
    if side is None:  # made meanwhile, or nobody's
        return redirect(back)
    form = OwnPaymentForm()
    accounts = accounts_for(session, payment, side)
    if side.found_id:
        link = _("Link %(number)s; nothing more is recorded", number=side.found_number)
        form.link_id.choices = [(side.found_id, link), (0, _("Record another payment"))]
        form.account_id.description = _("For another payment.")
    else:
        form.leave_out("link_id")
    form.account_id.choices = [(account.id, account.name) for account in accounts]
    if not accounts:
        form.leave_out("account_id")
    if form.validate_on_submit():
        account_id = form.account_id.data if accounts else None
        link_id = (form.link_id.data or None) if side.found_id else None
        try:
            make_payment_side(session, current_actor(), document_id, link_id=link_id, account_id=account_id)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(
                _("The payment stands in the books of %(organisation)s too.", organisation=side.organisation), "success"
            )
            return redirect(back)
    return render_template("trade/own_payment.html", form=form, payment=payment, side=side, back=back)


@routes.context_processor
def _of_documents() -> dict[str, Any]:
    """What the buttons of a document ask."""
    return {"other_side_to_make": _to_make}


def _to_make(document: Any) -> Any:
    """The side of another own organisation that a document lacks, if there are several organisations."""
    session = current_session()
    if type(document) not in MIRRORED or document.state != "posted" or len(own_organisations(session)) < 2:
        return None
    side = other_side_of(session, document)
    return side if side is not None and side.document_id is None else None
