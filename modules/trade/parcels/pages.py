"""The pages of parcels, and the tour of our own people."""

import base64
from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.api.clock import wall_clock
from app.api.errors import KontorError, NotFound
from app.api.web import current_actor, current_company, current_session, send_pdf, show_list, show_refusal
from modules.trade.blueprint import routes
from modules.trade.bridges.booked import booking_of
from modules.trade.bridges.models import STATES as BOOKINGS
from modules.trade.parcels import EDIT, VIEW, operations
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.forms import CarrierForm, ParcelForm
from modules.trade.parcels.label import label_pdf
from modules.trade.parcels.models import FAILED, PACKED, PICTURES, SIGNATURE, STATES, UNDER_WAY, Parcel, ParcelPicture
from modules.trade.parcels.pictures import MOST_PHOTO
from modules.trade.parcels.queries import carrier_to_pack, goals_of, tour_of, usual_carrier
from modules.trade.parcels.tables import parcels

#: parcels of one day's tour that are shown
MOST_OF_DAY = 200


@routes.get("/trade/carrier", needs="contacts.contact.view", help=None)
def carrier_proposed() -> Any:
    """The part of a new document's form that says who brings the goods: who did so last, for whom it is now. What somebody has
    chosen stays: `proposed` is what was proposed before."""
    form = CarrierForm(request.args)
    contact, said = form.contact_id.data, form.carrier.data
    if said == request.args.get("proposed", ""):
        carriers = carriers_of(current_company(), current_session())
        usual = carriers.get(usual_carrier(current_session(), contact)) if contact else None
        said = form.carrier.data = usual.name if usual is not None and usual.is_offered else ""
        return render_template("trade/carrier_field.html", form=form, proposed=said, is_asked=True)
    return render_template("trade/carrier_field.html", form=form, proposed="", is_asked=True)


@routes.get("/trade/parcels", needs=VIEW)
def parcel_list() -> Any:
    """The parcels, the newest first."""
    return show_list(parcels)


@routes.form("/trade/parcels/new", needs=EDIT)
def parcel_new() -> Any:
    """Pack a parcel of a sale, `?sale=`."""
    session, actor = current_session(), current_actor()
    sale = operations.sale_to_pack(session, actor, request.args.get("sale", type=int) or 0)
    form = ParcelForm()
    carriers = carriers_of(current_company(), session)
    if request.method == "GET":
        form.tour_day.data = wall_clock().date()
        usual = carriers.get(carrier_to_pack(session, sale.id))
        if usual is not None and usual.is_offered:
            form.carrier.data = usual.name
    made = _saved(form, lambda: operations.pack(session, actor, carriers, sale.id, **form.values()))
    if made is not None:
        return redirect(url_for("trade.parcel_view", parcel_id=made.id))
    title = _("New parcel of %(sale)s", sale=sale.number)
    is_open = actor.may("trade.sale.view")
    back = url_for("trade.sale_view", document_id=sale.id) if is_open else url_for("trade.shipping_list")
    return render_template("form.html", form=form, title=title, back=back)


@routes.form("/trade/parcels/<int:parcel_id>/edit", needs=EDIT)
def parcel_edit(parcel_id: int) -> Any:
    """Change a parcel."""
    session, actor = current_session(), current_actor()
    parcel = operations.parcel_by_id(session, actor, parcel_id)
    form, carriers = ParcelForm(obj=parcel), carriers_of(current_company(), current_session())

    def act() -> Parcel:
        return operations.change_parcel(session, actor, carriers, parcel, version=form.version.data, **form.values())

    back = url_for("trade.parcel_view", parcel_id=parcel_id)
    if _saved(form, act) is not None:
        return redirect(back)
    return render_template("form.html", form=form, title=parcel.code, back=back)


@routes.get("/trade/parcels/<int:parcel_id>", needs=VIEW)
def parcel_view(parcel_id: int) -> Any:
    """A parcel: where it is and who received it."""
    parcel = operations.parcel_by_id(current_session(), current_actor(), parcel_id)
    carrier = carriers_of(current_company(), current_session()).get(parcel.carrier)
    booking = booking_of(current_session(), parcel_id)
    proofs = select(ParcelPicture.what).where(ParcelPicture.parcel_id == parcel_id).order_by(ParcelPicture.what.desc())
    return render_template(
        "trade/parcel.html",
        parcel=parcel,
        goal=goals_of(current_session(), [parcel])[parcel.id],
        carrier=carrier.title if carrier is not None else parcel.carrier,
        booking=booking,
        pictures=[(what, PICTURES[what]) for what in current_session().scalars(proofs)],
        bookings=BOOKINGS,
        can_book=carrier is not None and carrier.bridge_id is not None and parcel.state in (PACKED, FAILED),
        link=carrier.link(parcel.tracking) if carrier is not None else "",
        states=STATES,
        may_edit=current_actor().may(EDIT),
        can_leave=parcel.state in (PACKED, FAILED),
        can_arrive=parcel.state in (PACKED, UNDER_WAY),
        is_packed=parcel.state == PACKED,
        is_under_way=parcel.state == UNDER_WAY,
    )


@routes.get("/trade/parcels/<int:parcel_id>/label", needs=VIEW, help=None)
def parcel_label(parcel_id: int) -> Any:
    """The label, as PDF."""
    parcel = operations.parcel_by_id(current_session(), current_actor(), parcel_id)
    return send_pdf(label_pdf(current_session(), parcel), parcel.code)


@routes.get("/trade/parcels/tour", needs=VIEW, help="parcel")
def parcel_tour() -> Any:
    """What our own people bring today, and what is left of the days before; for a phone."""
    own = [c.name for c in carriers_of(current_company(), current_session()).values() if c.is_own]
    found = tour_of(current_session(), own, wall_clock().date(), most=MOST_OF_DAY)
    known = {
        "parcels": found,
        "goals": goals_of(current_session(), found, brings=current_actor().may(EDIT)),
        "states": STATES,
    }
    return render_template("trade/parcel_tour.html", **known, may_edit=current_actor().may(EDIT))


@routes.post("/trade/parcels/<int:parcel_id>/hand-over", needs=EDIT)
def parcel_hand_over(parcel_id: int) -> Any:
    """The carrier has it."""
    carriers = carriers_of(current_company(), current_session())
    return _act(parcel_id, lambda session, actor, parcel: operations.hand_over(session, actor, carriers, parcel))


@routes.post("/trade/parcels/<int:parcel_id>/deliver", needs=EDIT, takes=MOST_PHOTO + (1 << 20))
def parcel_deliver(parcel_id: int) -> Any:
    """It has arrived: `received_by` says at whom; `signature` is what was drawn, as a browser writes pictures (data:…), and
    `photo` a file."""
    name, file = request.form.get("received_by", ""), request.files.get("photo")
    signature, photo = _drawn(request.form.get("signature", "")), file.read(MOST_PHOTO + 1) if file is not None else b""

    def act(session: Any, actor: Any, parcel: Parcel) -> None:
        operations.deliver(session, actor, parcel, received_by=name, signature=signature, photo=photo)

    return _act(parcel_id, act)


@routes.get("/trade/parcels/<int:parcel_id>/pictures/<what>", needs=VIEW, help=None)
def parcel_picture(parcel_id: int, what: str) -> Any:
    """A picture that proves the delivery."""
    parcel = operations.parcel_by_id(current_session(), current_actor(), parcel_id)
    query = select(ParcelPicture).where(ParcelPicture.parcel_id == parcel.id, ParcelPicture.what == what)
    picture = current_session().scalars(query).first()
    if picture is None:
        raise NotFound
    answer = make_response(picture.content)
    answer.headers["Content-Type"] = "image/png" if what == SIGNATURE else "image/jpeg"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _drawn(text: str) -> bytes:
    """What a canvas gave; something that isn't a picture where it gave something else."""
    try:
        return base64.b64decode(text.partition(",")[2], validate=True) if text else b""
    except ValueError:
        return b"?"


@routes.post("/trade/parcels/<int:parcel_id>/bring-back", needs=EDIT)
def parcel_bring_back(parcel_id: int) -> Any:
    """It could not be delivered: `why`."""
    why = request.form.get("why", "")
    return _act(parcel_id, lambda session, actor, parcel: operations.bring_back(session, actor, parcel, why=why))


@routes.post("/trade/parcels/<int:parcel_id>/remove", needs=EDIT)
def parcel_remove(parcel_id: int) -> Any:
    """Unpack it."""
    return _act(parcel_id, operations.remove_parcel, then="trade.parcel_list")


def _act(parcel_id: int, act: Callable[[Any, Any, Parcel], None], then: str = "") -> Any:
    session, actor = current_session(), current_actor()
    back = (
        url_for("trade.parcel_tour") if request.args.get("tour") else url_for("trade.parcel_view", parcel_id=parcel_id)
    )
    try:
        act(session, actor, operations.parcel_by_id(session, actor, parcel_id))
        session.flush()
    except NotFound:
        raise
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
        return redirect(back)
    return redirect(url_for(then) if then else back)


def _saved(form: ParcelForm, act: Callable[[], Parcel]) -> Parcel | None:
    if not form.validate_on_submit():
        return None
    try:
        return act()
    except KontorError as error:
        show_refusal(form, error)
        return None
