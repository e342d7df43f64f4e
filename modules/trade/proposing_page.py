"""The endpoint at which the form of a document asks what to propose for its lines."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.api.clock import wall_clock
from app.api.documents import Kind
from app.api.reference import base_currency
from app.api.texts import typed
from app.api.web import DocumentForm, LinesField, Routes, current_actor, current_session
from modules.trade.proposals import ASKING, Asked, AskedLine, Proposed
from modules.trade.proposing import propose

_ZERO, _ONE = Decimal(0), Decimal(1)


def declare_proposing(routes: Routes, kind: Kind[Any], form: type[DocumentForm]) -> None:
    """Let the form of a kind ask while somebody types: `module.noun_propose`, open to whoever may draft one. The form has the
    fields of a trade document, as far as it has any of them."""

    def propose_page() -> Any:
        sent = form()
        sent.offer(current_session(), kind.model)
        return _answer(kind.noun, sent)

    endpoint = f"{kind.noun}_propose"
    rule = f"/{routes.name}/{kind.noun.replace('_', '-')}-proposal"
    needs = f"{kind.name}.edit"
    routes.post(rule, needs=needs, self_committing=True, takes=LinesField.TAKES, endpoint=endpoint)(propose_page)
    ASKING.add(kind.name)


def _answer(noun: str, form: DocumentForm) -> dict[str, Any]:
    """What is proposed for each line of the form, in its order; nothing for one that can't be read yet."""
    rows = form.lines.data or []
    known = {number: line for number, row in enumerate(rows) if (line := _line(row)) is not None}
    session = current_session()
    moment = form.moment.data or wall_clock()
    asked = Asked(
        noun,
        _said(form, "currency") or base_currency(session),
        moment.date(),
        list(known.values()),
        _said(form, "contact_id"),
        _said(form, "contract_id") or None,
        _said(form, "place_id"),
        bool(_said(form, "tax_included")),
        _said(form, "coupon") or "",
    )
    proposal = propose(session, current_actor(), asked)
    found = dict(zip(known, proposal.lines, strict=True))
    blank = {cell.name for cell in form.lines.cells if cell.is_blank_at_zero}
    lines = [_shown(found[number], blank) if number in found else None for number in range(len(rows))]
    return {"lines": lines, "says": [str(words) for words in proposal.says]}


def _said(form: DocumentForm, name: str) -> Any:
    return form[name].data if name in form else None


def _line(row: Mapping[str, Any]) -> AskedLine | None:
    if "item_id" not in row:
        return None
    quantity = row.get("quantity")
    if quantity is None or quantity <= 0:
        quantity = _ONE  # not right yet: the price stands there already
    own = {name: row.get(name) for name in (row.get("own") or "").split() if name in ("price", "discount", "tax_rate")}
    typed_ = {name: _ZERO if value is None else value for name, value in own.items()}
    return AskedLine(row["item_id"], quantity, typed_, row.get("second"))


def _shown(line: Proposed, blank: set[str]) -> dict[str, Any]:
    cells = {
        name: "" if value is None or (not value and name in blank) else typed(value)
        for name, value in line.cells.items()
    }
    return {"cells": cells, "says": [str(words) for words in line.says if words]}
