"""The page of a buyer: what to buy, from whom, and why; what is ticked becomes drafts of purchase orders."""

import re
import secrets
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import BooleanField
from wtforms.validators import Optional

from app.api.errors import KontorError
from app.api.texts import lazy_gettext as _l
from app.api.web import DecimalField, Form, LookupField, current_actor, current_session, operation_id, show_refusal
from modules.trade.blueprint import routes
from modules.trade.replenishing import VIEW
from modules.trade.replenishing.operations import Wanted, order
from modules.trade.replenishing.queries import MOST, Key, Narrowed, Proposal, proposals, suppliers_of
from modules.warehouse.api import group_choices, warehouse_choices

#: the box by which a proposal is bought, of an item and a warehouse
_TAKEN = re.compile(r"take_([0-9]{1,18})_([0-9]{1,18})", re.ASCII)


@routes.form("/trade/to-buy", needs=VIEW)
def to_buy_list() -> Any:
    """What falls below its minimum, and what customers wait for; what is ticked is ordered."""
    session = current_session()
    found = {p.key: p for p in proposals(session, _narrowed())}
    taken = [(int(m[1]), int(m[2])) for name in request.form if (m := _TAKEN.fullmatch(name))]
    form = _form(found, {*found, *taken})()
    if form.validate_on_submit():
        try:
            made = order(session, current_actor(), [_wanted(form, key) for key in taken], operation_id=operation_id())
            first = made[0].id
        except KontorError as error:
            show_refusal(form, error)
        else:
            words = ngettext(
                "A draft of a purchase order is made.", "%(num)d drafts of purchase orders are made.", len(made)
            )
            flash(words, "success")
            if len(made) == 1:
                return redirect(url_for("trade.purchase_order_view", document_id=first))
            return redirect(url_for("trade.purchase_order_list", state="draft"))
    return render_template(
        "trade/to_buy.html",
        form=form,
        rows=[
            (p, *(form[_box(name, key)] for name in ("take", "quantity", "supplier", "seen")))
            for key, p in found.items()
        ],
        is_cut=len(found) == MOST,
        asked=request.args,
        filters=(
            ("place", _("Warehouse"), warehouse_choices(session)),
            ("group", _("Group"), group_choices(session)),
            ("supplier", _("Supplier"), suppliers_of(session)),
        ),
        operation=secrets.token_hex(12),
    )


def _narrowed() -> Narrowed:
    place, group, supplier = (request.args.get(name, type=int) for name in ("place", "group", "supplier"))
    return Narrowed(place, group, supplier, request.args.get("q", ""))


def _box(name: str, key: Key) -> str:
    return f"{name}_{key[0]}_{key[1]}"


def _form(found: Mapping[Key, Proposal], keys: Collection[Key]) -> type[Form]:
    """Boxes for each proposal, and for what was sent and isn't proposed any more: whether it is bought, how much, from whom,
    and how much was proposed."""
    boxes: dict[str, Any] = {}
    for key in keys:
        p = found.get(key)
        of = {"code": p.code if p is not None else "", "place": p.place if p is not None else ""}
        quantity, contact = (p.quantity, p.contact_id) if p is not None else (None, None)
        boxes |= {
            _box("take", key): BooleanField(_l("Buy %(code)s for %(place)s", **of), default=contact is not None),
            _box("quantity", key): DecimalField(
                _l("Quantity of %(code)s for %(place)s", **of), [Optional()], default=quantity
            ),
            _box("supplier", key): LookupField(
                _l("Supplier of %(code)s for %(place)s", **of), lookup="contacts", default=contact
            ),
            _box("seen", key): DecimalField("", [Optional()], default=quantity),
        }
    return type("ToBuyForm", (Form,), boxes)


def _wanted(form: Form, key: Key) -> Wanted:
    quantity, contact, seen = (form[_box(name, key)].data for name in ("quantity", "supplier", "seen"))
    return Wanted(*key, contact, quantity or Decimal(0), seen or Decimal(0))
