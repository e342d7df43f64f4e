"""What customers see of a parcel, and the letter that leads them there."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import Invalid, KontorError, NotFound
from app.api.security import SYSTEM
from app.api.web import DOOR, current_actor, current_company, current_session, secret_in_address
from modules.trade.blueprint import routes
from modules.trade.models import Sale
from modules.trade.parcels import EDIT, VIEW, operations
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.following import followed_by
from modules.trade.parcels.letter import NAME, SHEET, check_parcels, has_parcels, write_to_customer
from modules.trade.parcels.models import STATES


def _is_on_the_way(document: Any) -> bool:
    """Whether somebody may write to the customer of a sale that it is on its way: a parcel of it can be followed."""
    actor = current_actor()
    if document.kind != "trade.sale" or not (actor.may(VIEW) and actor.may("contacts.letter.send")):
        return False
    return has_parcels(current_session(), document)


routes.context_processor(lambda: {"is_on_the_way": _is_on_the_way})


@routes.get("/parcel/<token>", needs=DOOR, help=None)
@secret_in_address
def parcel_follow(token: str) -> Any:
    """Where a parcel is, for whoever has its address."""
    company = current_company()
    found = company.database.run(lambda s: followed_by(s, token, company.config.secret_key), actor=SYSTEM, write=False)
    if found is None:
        g.is_wrong_password = True
        return render_template("trade/client/nothing.html"), 404
    carriers = company.database.run(lambda s: carriers_of(company, s), actor=SYSTEM, write=False)
    carrier = carriers.get(found.carrier)
    return render_template(
        "trade/client/parcel.html",
        parcel=found,
        carrier=carrier.title if carrier is not None else found.carrier,
        link=carrier.link(found.tracking) if carrier is not None else "",
        states=STATES,
    )


@routes.get("/trade/parcels/letter", needs="contacts.letter.send", help=None)
def parcel_letter() -> Any:
    """Begin the letter to the customer of a sale, `?sale=`."""
    sale = current_session().get(Sale, request.args.get("sale", type=int) or 0)
    if sale is None:
        raise NotFound
    try:
        check_parcels(current_session(), sale)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("trade.sale_view", document_id=sale.id))
    letter = "contacts.letter_new"
    return redirect(url_for(letter, contact_id=sale.contact_id, what=NAME, document=sale.id, sheet=SHEET))


@routes.post("/trade/parcels/<int:parcel_id>/write", needs=EDIT, self_committing=True)
def parcel_write(parcel_id: int) -> Any:
    """Write to the customer that the goods are on their way."""
    parcel = operations.parcel_by_id(current_session(), current_actor(), parcel_id)
    try:
        write_to_customer(current_company(), current_actor(), parcel)
    except KontorError as error:
        flash(str(error), "error")
    else:
        flash(_("The letter is on its way to the customer."), "success")
    return redirect(url_for("trade.parcel_view", parcel_id=parcel_id))
