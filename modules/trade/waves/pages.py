"""The pages of waves: the list, one with its walk, and what was picked."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import Conflict, KontorError, NotFound
from app.api.web import (
    current_actor,
    current_session,
    operation_id,
    refusal_words,
    send_pdf,
    show_list,
    show_refusal,
)
from modules.trade.blueprint import routes
from modules.trade.registers import OUT
from modules.trade.shipping.queue import POST, VIEW, waiting
from modules.trade.waves import operations
from modules.trade.waves.forms import DueForm, picked_form, picker_form
from modules.trade.waves.models import PICKING, STATES, Wave
from modules.trade.waves.paper import wave_pdf
from modules.trade.waves.planning import plan_waves, waves_of
from modules.trade.waves.queries import boxes_of, pickers_of, walk_of, wanted_of, wave_by_id
from modules.trade.waves.tables import waves


@routes.get("/trade/waves", needs=VIEW)
def wave_list() -> Any:
    """The waves, the newest first."""
    return show_list(waves)


@routes.form("/trade/waves/new", needs=POST)
def wave_new() -> Any:
    """What would be picked of the orders of the address (`?order=`, several of them), and the button that makes waves. Without
    any: the orders that can be chosen, narrowed by the fields of `DueForm`."""
    session, orders = current_session(), request.args.getlist("order", type=int)
    if not orders and request.method == "GET":
        return _choose()
    try:
        operations.refuse_number(orders)
        plan = plan_waves(session, orders)
        form = picker_form(pickers_of(session, plan.places))()
        if form.validate_on_submit():
            made = operations.make_waves(session, current_actor(), orders, picker_id=form.picker.data)
            return _made(made)
    except NotFound:
        raise
    except KontorError as error:
        return _refused(error, url_for("trade.shipping_list"))
    return render_template("trade/wave_new.html", plan=plan, form=form)


def _choose() -> Any:
    session, due = current_session(), DueForm()
    criteria = due.criteria()
    found = [x for x in waiting(session, OUT, *criteria) if not due.is_whole or x.ready == x.lines]
    taken = waves_of(session, [each.id for each in found])
    free = [each for each in found if each.id not in taken]
    is_narrowed = bool(criteria) or due.is_whole or bool(due.errors)
    return render_template("trade/wave_choose.html", orders=free, due=due, is_narrowed=is_narrowed)


def _made(made: list[Wave]) -> Any:
    if len(made) == 1:
        flash(_("%(wave)s is made.", wave=made[0].code), "success")
        return redirect(url_for("trade.wave_view", wave_id=made[0].id))
    words = ngettext("%(num)d wave is made.", "%(num)d waves are made, one for each warehouse.", len(made))
    flash(words, "success")
    return redirect(url_for("trade.wave_list"))


@routes.get("/trade/waves/<int:wave_id>", needs=VIEW)
def wave_view(wave_id: int) -> Any:
    """A wave: its orders by box, and the walk, or what was picked."""
    session = current_session()
    wave = wave_by_id(session, wave_id)
    is_open, may_post = wave.state == PICKING, current_actor().may(POST)
    return render_template(
        "trade/wave.html",
        wave=wave,
        boxes=boxes_of(session, wave),
        stops=walk_of(session, wave) if is_open else [],
        wanted=[] if is_open else wanted_of(session, wave),
        states=STATES,
        is_open=is_open,
        picker=picker_form(_pickers(wave))(data={"picker": wave.picker_id}) if is_open and may_post else None,
        is_mine=wave.picker_id == current_actor().user_id,
        may_post=may_post,
    )


def _pickers(wave: Wave) -> list[tuple[int, str]]:
    """Who may, and who has it now."""
    found = pickers_of(current_session(), [wave.place_id])
    now = [(wave.picker_id, wave.picker.name)] if wave.picker is not None and wave.picker_id is not None else []
    return [*found, *(each for each in now if each not in found)]


@routes.get("/trade/waves/<int:wave_id>/picking", needs=VIEW, help=None)
def wave_picking(wave_id: int) -> Any:
    """The walk on paper, as PDF."""
    session = current_session()
    wave = wave_by_id(session, wave_id)
    try:
        if wave.state != PICKING:
            raise Conflict(_("There is nothing to pick in it any more."))
        return send_pdf(wave_pdf(session, wave), wave.code)
    except KontorError as error:
        return _refused(error, url_for("trade.wave_view", wave_id=wave_id))


@routes.form("/trade/waves/<int:wave_id>/finish", needs=POST)
def wave_finish(wave_id: int) -> Any:
    """Type what was picked, and ship it: a box for each item."""
    session, actor = current_session(), current_actor()
    wave = wave_by_id(session, wave_id)
    if request.method == "GET" and wave.state != PICKING:
        return redirect(url_for("trade.wave_view", wave_id=wave_id))
    wanted = [each for each in wanted_of(session, wave) if each.quantity or request.method == "POST"]
    form = picked_form(wanted)()
    if form.validate_on_submit():
        said = {each.item_id: form[f"item_{each.item_id}"].data for each in wanted}
        picked = [operations.Picked(item, quantity) for item, quantity in said.items() if quantity]
        try:
            wave = operations.finish_wave(session, actor, wave_id, picked, operation_id=operation_id())
            shipped = sum(each.sale_id is not None for each in wave.orders)
            problems = operations.outcome_of(session, wave, picked)
        except NotFound:
            raise
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(ngettext("%(num)d order is shipped.", "%(num)d orders are shipped.", shipped), "success")
            for each in problems:
                flash(each, "error")
            return redirect(url_for("trade.wave_view", wave_id=wave_id))
    return render_template(
        "trade/wave_finish.html",
        wave=wave,
        form=form,
        rows=[(each, form[f"item_{each.item_id}"]) for each in wanted],
        operation=secrets.token_hex(12),
    )


@routes.post("/trade/waves/<int:wave_id>/take", needs=POST)
def wave_take(wave_id: int) -> Any:
    """Whoever presses it walks."""
    return _act(wave_id, operations.take_wave)


@routes.post("/trade/waves/<int:wave_id>/give", needs=POST)
def wave_give(wave_id: int) -> Any:
    """Who walks is chosen."""
    given = request.form.get("picker", type=int)
    return _act(wave_id, lambda session, actor, wave: operations.give_wave(session, actor, wave, given))


@routes.post("/trade/waves/<int:wave_id>/dissolve", needs=POST)
def wave_dissolve(wave_id: int) -> Any:
    """Its orders are free again."""
    return _act(wave_id, operations.dissolve_wave)


def _act(wave_id: int, act: Callable[[Any, Any, int], Wave]) -> Any:
    address = url_for("trade.wave_view", wave_id=wave_id)
    try:
        act(current_session(), current_actor(), wave_id)
    except NotFound:
        raise
    except KontorError as error:
        return _refused(error, address)
    return redirect(address)


def _refused(error: KontorError, address: str) -> Any:
    current_session().rollback()
    flash(refusal_words(error), "error")
    return redirect(address)
