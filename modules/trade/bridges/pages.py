"""Connecting carriers, trying the connection; booking a parcel, its label from the carrier, cancelling the booking."""

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.api.errors import KontorError, NotFound
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table, current_actor, current_company, current_session, show_list, show_refusal
from modules.trade.blueprint import routes
from modules.trade.bridges import EDIT
from modules.trade.bridges.booked import booking_of
from modules.trade.bridges.booking import book, cancel_booking
from modules.trade.bridges.calling import NoAnswer, Refused, call
from modules.trade.bridges.forms import BridgeForm
from modules.trade.bridges.models import CarrierBooking, CarrierBridge
from modules.trade.bridges.settings import bridge_by_id, door_of, save_bridge
from modules.trade.parcels import EDIT as PACK
from modules.trade.parcels import VIEW
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.operations import parcel_by_id

_ENDINGS = {"application/pdf": "pdf", "image/png": "png"}

bridges = Table(
    name="trade.bridge",
    title=_l("Connected carriers"),
    needs=EDIT,
    source=lambda _session: select().select_from(CarrierBridge),
    key=CarrierBridge.id,
    columns=(
        Column("name", _l("Name"), CarrierBridge.name, headline=True, link=Link("trade.bridge_edit", bridge_id="id")),
        Column("address", _l("Address"), CarrierBridge.address),
        Column("in_use", _l("In use"), CarrierBridge.is_active, "flag"),
        Column("id", "", CarrierBridge.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(CarrierBridge.name),),
    create="trade.bridge_new",
    create_needs=EDIT,
    create_title=_l("Connect a carrier"),
    empty=_l("No carrier is connected. Press Insert to connect one."),
    is_found=False,
)


@routes.get("/trade/carriers", needs=EDIT)
def bridge_list() -> Any:
    """The carriers that are reached over the network."""
    return show_list(bridges)


@routes.form("/trade/carriers/new", needs=EDIT)
def bridge_new() -> Any:
    """Connect a carrier."""
    return _edit(None)


@routes.form("/trade/carriers/<int:bridge_id>/edit", needs=EDIT)
def bridge_edit(bridge_id: int) -> Any:
    """Change a connected carrier, or try its connection."""
    return _edit(bridge_by_id(current_session(), bridge_id))


@routes.post("/trade/carriers/<int:bridge_id>/try", needs=EDIT, self_committing=True)  # it may take many seconds
def bridge_try(bridge_id: int) -> Any:
    """Ask a bridge who it is, by what is saved; nothing is booked."""
    company, bridge = current_company(), bridge_by_id(current_session(), bridge_id)
    try:
        answer = call(door_of(bridge, company.config.secret_key, company.config.near_hosts), "GET", "/status")
        if answer.get("contract") != 1:
            raise NoAnswer(str(_l("it answers what nobody understands")))
    except Refused as error:
        flash(_("The bridge refuses: %(why)s", why=str(error)), "error")
    except NoAnswer as error:
        flash(_("No answer from the bridge: %(why)s", why=str(error)), "error")
    except KontorError as error:
        flash(str(error), "error")
    else:
        flash(_("It works: the bridge has answered."), "success")
    name = bridge.name
    company.database.run(
        lambda s: record(s, "trade.bridge.try", subject="trade.bridge", subject_id=bridge_id, summary=name),
        actor=current_actor(),
    )
    return redirect(url_for("trade.bridge_edit", bridge_id=bridge_id))


def _edit(bridge: CarrierBridge | None) -> Any:
    session, config, form = current_session(), current_company().config, BridgeForm(obj=bridge)
    if form.validate_on_submit():
        values = {**form.values(), "secret": form.secret.data or ""}
        try:
            saved = save_bridge(
                session,
                current_actor(),
                config.secret_key,
                bridge,
                near=config.near_hosts,
                version=form.version.data,
                **values,
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved. Try the connection to see whether it works."), "success")
            return redirect(url_for("trade.bridge_edit", bridge_id=saved.id))
    title = bridge.name if bridge is not None and bridge.id else _("Connect a carrier")
    return render_template(
        "trade/bridge.html", form=form, bridge=bridge, title=title, back=url_for("trade.bridge_list")
    )


@routes.post("/trade/parcels/<int:parcel_id>/book", needs=PACK, self_committing=True)
def parcel_book(parcel_id: int) -> Any:
    """Book a parcel with its carrier, or ask again where there was no answer."""
    carriers = carriers_of(current_company(), current_session())
    return _act(parcel_id, lambda company, actor: book(company, actor, carriers, parcel_id), _("Booked."))


@routes.post("/trade/parcels/<int:parcel_id>/cancel-booking", needs=PACK, self_committing=True)
def parcel_cancel_booking(parcel_id: int) -> Any:
    """Cancel a parcel's booking."""
    return _act(
        parcel_id, lambda company, actor: cancel_booking(company, actor, parcel_id), _("The booking is cancelled.")
    )


@routes.get("/trade/parcels/<int:parcel_id>/carrier-label", needs=VIEW, help=None)
def parcel_carrier_label(parcel_id: int) -> Any:
    """The label that the carrier gave, as a file: nothing of it is shown as a page of ours."""
    parcel = parcel_by_id(current_session(), current_actor(), parcel_id)
    booking: CarrierBooking | None = booking_of(current_session(), parcel.id)
    if booking is None or booking.label is None or booking.label_type not in _ENDINGS:
        raise NotFound
    answer = make_response(booking.label)
    answer.headers["Content-Type"] = booking.label_type
    answer.headers["Content-Disposition"] = f"attachment; filename={parcel.code}.{_ENDINGS[booking.label_type]}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _act(parcel_id: int, act: Callable[[Any, Any], None], words: str) -> Any:
    try:
        act(current_company(), current_actor())
    except NotFound:
        raise
    except KontorError as error:
        flash(str(error), "error")
    else:
        flash(words, "success")
    return redirect(url_for("trade.parcel_view", parcel_id=parcel_id))
