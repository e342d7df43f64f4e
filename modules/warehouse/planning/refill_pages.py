"""The page of what warehouses are to be refilled with; what is ticked becomes drafts of transfers or of internal requests."""

import re
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional

from app.api.errors import KontorError
from app.api.texts import lazy_gettext as _l
from app.api.web import DecimalField, Form, current_actor, current_session, operation_id, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.planning import VIEW
from modules.warehouse.planning.refilling import MOST, Brought, Proposed, bring, proposed
from modules.warehouse.planning.refills import Key
from modules.warehouse.queries import warehouse_choices
from modules.warehouse.requisitions import REQUISITION
from modules.warehouse.requisitions.sending import TRANSFER

#: the box by which a proposal is chosen, of an item and a warehouse
_TAKEN = re.compile(r"take_([0-9]{1,18})_([0-9]{1,18})", re.ASCII)


@routes.form("/warehouse/refill", needs=VIEW, help="planning")
def refill_list() -> Any:
    """What falls below its minimum in warehouses that are refilled from others."""
    session, actor = current_session(), current_actor()
    place = request.args.get("place", type=int)
    found = {each.key: each for each in proposed(session, place)}
    taken = [(int(m[1]), int(m[2])) for name in request.form if (m := _TAKEN.fullmatch(name))]
    form = _form(found, taken)()
    if form.validate_on_submit():
        requests = request.form.get("then") == "request"
        try:
            chosen = [_brought(form, key) for key in taken]
            made = bring(session, actor, chosen, requests=requests, operation_id=operation_id())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(ngettext("%(num)d draft is made.", "%(num)d drafts are made.", len(made)), "success")
            kind = REQUISITION if requests else TRANSFER
            if len(made) == 1:
                return redirect(url_for(f"{kind}_view", document_id=made[0].id))
            return redirect(url_for(f"{kind}_list", state="draft"))
    boxes = ("take", "quantity", "source", "seen")
    return render_template(
        "warehouse/refill.html",
        form=form,
        rows=[(each, *(form[_box(name, key)] for name in boxes)) for key, each in found.items()],
        is_cut=len(found) == MOST,
        place=place,
        places=warehouse_choices(session),
        may_send=actor.may(f"{TRANSFER}.edit"),
        may_ask=actor.may(f"{REQUISITION}.edit"),
        operation=secrets.token_hex(12),
    )


def _box(name: str, key: Key) -> str:
    return f"{name}_{key[0]}_{key[1]}"


def _form(found: Mapping[Key, Proposed], taken: list[Key]) -> type[Form]:
    """Boxes for each proposal, and for what was sent and isn't proposed any more: whether it is brought, how much, and from
    where."""
    boxes: dict[str, Any] = {}
    for key in {*found, *taken}:
        each = found.get(key)
        of = {"code": each.code if each is not None else "", "place": each.place if each is not None else ""}
        quantity = each.refill.quantity if each is not None else None
        boxes |= {
            _box("take", key): BooleanField(_l("Bring %(code)s to %(place)s", **of), default=bool(quantity)),
            _box("quantity", key): DecimalField(
                _l("Quantity of %(code)s for %(place)s", **of), [Optional()], default=quantity
            ),
            _box("source", key): IntegerField(
                "", [Optional()], default=each.refill.need.source_id if each is not None else None
            ),
            _box("seen", key): DecimalField("", [Optional()], default=each.refill.wanted if each is not None else None),
        }
    return type("RefillForm", (Form,), boxes)


def _brought(form: Form, key: Key) -> Brought:
    source, quantity, seen = (form[_box(name, key)].data for name in ("source", "quantity", "seen"))
    return Brought(*key, source or 0, quantity or Decimal(0), seen or Decimal(0))
