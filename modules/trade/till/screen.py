"""The till's page, and what it asks and sends while goods are sold. Settings and shifts are in `pages.py`."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import Invalid, NotFound
from app.api.reference import PER_LINE, tax_rounding
from app.api.texts import moment, separators, visible
from app.api.values import digits_of, shortest
from app.api.web import answer_act, current_actor, current_session, exact, listed, named, read_said, send_pdf, whole
from modules.trade.blueprint import routes
from modules.trade.drafts import TradeLineDraft
from modules.trade.models import Sale
from modules.trade.points.known import known_points
from modules.trade.pricing.coupons import coupon_refusal
from modules.trade.pricing.keeping import offers_coupons
from modules.trade.proposals import AskedLine
from modules.trade.taxes.operations import cash_step
from modules.trade.till import goods
from modules.trade.till.models import Till
from modules.trade.till.prices import PricedLine, coupon_words, points_at_till, proposed_lines
from modules.trade.till.receipt import receipt_pdf
from modules.trade.till.returning import CounterReturn, receipt, return_at_counter
from modules.trade.till.selling import CounterSale, sell_at_counter
from modules.trade.till.tills import CLOSE, RETURN_RIGHT, USE, open_shift, till_to_use, tills_to_use

#: so many lines are priced at once
MOST_PRICED = 200


@routes.get("/trade/till", needs=USE)
def till_open() -> Any:
    """The tills that are open to whoever asks; the only one at once."""
    found = tills_to_use(current_session(), current_actor())
    if len(found) == 1:
        return redirect(url_for("trade.till_view", till_id=found[0].id))
    shifts = {till.id: open_shift(current_session(), till) for till in found}
    return render_template("trade/tills.html", tills=found, shifts=shifts)


@routes.get("/trade/till/<int:till_id>", needs=USE)
def till_view(till_id: int) -> Any:
    """The till: where goods are sold, once a shift is open."""
    session, actor = current_session(), current_actor()
    till = till_to_use(session, actor, till_id)
    shift = open_shift(session, till)
    if shift is None:
        return redirect(url_for("trade.shift_new", till_id=till.id))
    return render_template("trade/till.html", till=till, shift=shift, said=_said(till, shift.id))


@routes.get("/trade/till/<int:till_id>/goods", needs=USE, help=None)
def till_goods(till_id: int) -> Any:
    """What the browser keeps of the goods; with `?q=` what is found of them."""
    session = current_session()
    till = till_to_use(session, current_actor(), till_id)
    text = visible(request.args.get("q", "").replace("\0", ""))[:100]
    try:
        return {"goods": goods.find_goods(session, till, text) if text else goods.goods_to_keep(session, till)}
    except Invalid as error:
        return {"goods": [], "says": str(error)}


@routes.get("/trade/till/<int:till_id>/prices", needs=USE, help=None)
def till_prices(till_id: int) -> Any:
    """What the lines of a sale cost as they stand: `?lines=[{"item": 1, "quantity": "2"}]`, and `&contact=`."""
    session = current_session()
    till = till_to_use(session, current_actor(), till_id)
    contact = request.args.get("contact", "")
    lines = [
        AskedLine(
            whole(x.get("item")),
            exact(x.get("quantity")),
            {name: exact(x.get(name)) for name in ("price", "discount") if name in x},
        )
        for x in listed(read_said(request.args.get("lines", "")))[:MOST_PRICED]
    ]
    contact_id = int(contact) if contact.isdecimal() and len(contact) < 19 else None
    coupon = _word(request.args.get("coupon", ""))
    refusal = _refusal(till, contact_id, coupon) if coupon else None
    found = proposed_lines(session, current_actor(), till, contact_id, lines, "" if refusal else coupon)
    points = request.args.get("points", "")
    wanted = int(points) if points.isdecimal() and len(points) < 10 else 0
    return {
        "coupon": coupon if refusal is None else "",
        "note": coupon_words(found, coupon, refusal),
        "points": points_at_till(session, current_actor(), till, contact_id, _as_priced(lines, found), wanted),
        "lines": [
            {
                **{name: _plain(x.cells.get(name)) for name in ("price", "discount", "tax_rate")},
                "says": [str(w) for w in x.says],
            }
            for x in found
        ],
    }


def _word(text: Any) -> str:
    """A coupon as it is kept."""
    return visible(str(text).replace("\0", ""))[:40].strip().upper()


def _refusal(till: Till, contact_id: int | None, coupon: str) -> object | None:
    return coupon_refusal(current_session(), coupon, contact_id or till.contact_id, wall_clock().date())


def _as_priced(lines: Sequence[AskedLine], found: Sequence[Any]) -> list[PricedLine]:
    """The lines as the screen shows them: what was typed, or else what is proposed."""
    priced = []
    for line, of in zip(lines, found, strict=True):
        price, discount = (line.own.get(name, of.cells.get(name)) for name in ("price", "discount"))
        priced.append(PricedLine(line.item_id, line.quantity, price or Decimal(0), discount or Decimal(0)))
    return priced


@routes.get("/trade/till/<int:till_id>/receipt", needs=RETURN_RIGHT, help=None)
def till_receipt(till_id: int) -> Any:
    """What is left of a receipt, `?number=`; a message where there is none."""
    number = visible(request.args.get("number", "").replace("\0", ""))[:40]
    try:
        found = receipt(current_session(), current_actor(), till_id, number)
    except NotFound as error:
        return {"message": str(error.message)}
    lines = [{name: _plain(value) for name, value in line.items()} for line in found["lines"]]
    return {**found, "moment": moment(found["moment"]), "unpaid": _plain(found["unpaid"]), "lines": lines}


@routes.get("/trade/till/<int:till_id>/receipts/<int:document_id>", needs=USE, help=None)
def till_print(till_id: int, document_id: int) -> Any:
    """The receipt of what was sold or returned at this till, as PDF."""
    session = current_session()
    till = till_to_use(session, current_actor(), till_id)
    return send_pdf(receipt_pdf(session, current_actor(), till, document_id), named(_("Receipt"), document_id))


@routes.post("/trade/till/<int:till_id>/sales", needs=USE)
def till_sell(till_id: int) -> Any:
    """A sale that the browser's queue sends."""

    def work(said: dict[str, Any], act: str) -> dict[str, Any]:
        lines = [
            TradeLineDraft(
                whole(x.get("item")), exact(x.get("quantity")), exact(x.get("price")), exact(x.get("discount"))
            )
            for x in listed(said.get("lines"))
        ]
        contact = said.get("contact")
        sale = CounterSale(
            whole(said.get("shift")),
            lines,
            exact(said.get("total")),
            given=exact(said.get("given")),
            card=exact(said.get("card")),
            on_account=exact(said.get("account")),
            contact_id=None if contact is None else whole(contact),
            coupon=_word(said.get("coupon", "")),
            points=whole(said.get("points", 0)),
        )
        sold = sell_at_counter(current_session(), current_actor(), till_id, sale, operation_id=act)
        return {
            "id": sold.document_id,
            "number": sold.number,
            "change": _plain(sold.tender.change),
            "note": str(sold.note),
        }

    return answer_act(work)


@routes.post("/trade/till/<int:till_id>/returns", needs=RETURN_RIGHT)
def till_return(till_id: int) -> Any:
    """A return that the browser's queue sends."""

    def work(said: dict[str, Any], act: str) -> dict[str, Any]:
        quantities = {whole(x.get("line")): exact(x.get("quantity")) for x in listed(said.get("lines"))}
        back = CounterReturn(whole(said.get("shift")), whole(said.get("sale")), quantities, str(said.get("way")))
        made = return_at_counter(current_session(), current_actor(), till_id, back, operation_id=act)
        return {"id": made.document_id, "number": made.number, "back": _plain(made.given_back)}

    return answer_act(work)


def _said(till: Till, shift_id: int) -> dict[str, Any]:
    """What the page's script works with."""
    actor, currency = current_actor(), till.cash_account.currency
    point, group = separators()
    return {
        "id": till.id,
        "user": actor.user_id,
        "shift": shift_id,
        "currency": currency,
        "digits": digits_of(currency),
        "included": till.tax_included,
        "rate": _plain(till.tax_rate),
        "cashStep": _plain(cash_step(current_session(), currency)),
        "perLine": tax_rounding(current_session()) == PER_LINE,
        "point": point,
        "group": group,
        "hasCards": till.card_account_id is not None,
        "mayReturn": actor.may(RETURN_RIGHT),
        "mayClose": actor.may(CLOSE),
        "hasCoupons": offers_coupons(current_session(), Sale),
        "hasPoints": bool(known_points(current_session()).programmes),
        "mayChoose": actor.may("contacts.contact.view"),
        "goods": url_for("trade.till_goods", till_id=till.id),
        "receipt": url_for("trade.till_receipt", till_id=till.id),
        "prints": url_for("trade.till_print", till_id=till.id, document_id=0)[:-1],
        "prices": url_for("trade.till_prices", till_id=till.id),
        "sell": url_for("trade.till_sell", till_id=till.id),
        "back": url_for("trade.till_return", till_id=till.id),
        "contacts": url_for("core.lookup", name="contacts"),
    }


def _plain(value: Any) -> Any:
    """A number as a text, so that it stays what it is."""
    return f"{shortest(value):f}" if isinstance(value, Decimal) else value
