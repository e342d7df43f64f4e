"""Quotes, orders, invoices, sales, purchases and their returns: what a draft says, what posting moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.api.documents import CLOSED, POSTED, Draft, Kind, LineKey, Words, kind_of
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.reference import PER_RATE, base_currency, rate_at, tax_rounding
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.contacts.api import (
    Debt,
    check_contract,
    check_credit,
    credit_warnings,
    debt_in_parts,
    discount_for,
    due_for,
    parties_by_id,
    settle,
)
from modules.trade.agreements.kinds import AGREED
from modules.trade.availability import kept_and_promised
from modules.trade.commission.sales import enter_consigned
from modules.trade.drafts import (
    AgreementDraft,
    ChargeDraft,
    ImportTaxDraft,
    LandedDraft,
    OfferDraft,
    OrderDraft,
    QuoteDraft,
    ReceiptReturnDraft,
    SaleDraft,
    SalesOrderDraft,
    TradeDraft,
    TradeLineDraft,
)
from modules.trade.early.offering import DISCOUNTS
from modules.trade.landed.spreading import check_charges, land_costs, say_receipts
from modules.trade.made_of import CONFIRMED, ISSUED, MAKES, QUOTED
from modules.trade.making import (
    refuse_foreign_origins,
    refuse_past_agreements,
)
from modules.trade.matching import land_differences, price_differences, price_warnings, refuse_entered_before
from modules.trade.models import (
    GoodsReceipt,
    ImportTax,
    Invoice,
    LandedCost,
    OfReceipts,
    Purchase,
    PurchaseAgreement,
    PurchaseOrder,
    PurchaseReturn,
    Quote,
    ReceiptReturn,
    Sale,
    SalesAgreement,
    SalesOrder,
    SalesReturn,
    SupplierInvoice,
    SupplierOffer,
    TradeDocument,
    TradeLine,
)
from modules.trade.ordering import await_orders, deliver, hold_kept, hold_order, let_go, orders_behind, take_up
from modules.trade.outcomes import OF_OFFERS, OF_PURCHASE_ORDERS, OF_QUOTES, OF_SALES_ORDERS
from modules.trade.parcels.carriers import check_carrier
from modules.trade.paying import shares_paid
from modules.trade.points.entering import enter_points, forgive_expiry
from modules.trade.points.spending import Off, spread_points
from modules.trade.pricing.coupons import check_coupons
from modules.trade.pricing.guarding import check_margins
from modules.trade.pricing.keeping import checked_coupon, pricing_of_lines
from modules.trade.prints import trade_paper
from modules.trade.registers import Sales
from modules.trade.replacing import await_replacements, hold_awaiting, refuse_replaced
from modules.trade.requests.kind import REQUEST
from modules.trade.requests.queries import check_request
from modules.trade.reservations import claims_of, follow_delivery
from modules.trade.returning import Charged, given_back, goods_of, never_had, refuse_beyond_charge
from modules.trade.rules import check_days, check_due, check_line, line_totals, taxed_by_rate
from modules.trade.sourcing.offers import ANSWERS, say_answer
from modules.trade.sourcing.tolerances import check_tolerances
from modules.trade.taxes.cash import cash_difference
from modules.trade.taxes.lines import LineTax, tax_warnings, taxed
from modules.trade.taxes.operations import cash_step
from modules.trade.taxes.register import enter_taxes
from modules.warehouse.api import (
    GOODS,
    check_packings,
    check_second,
    check_sum,
    items_by_id,
    lots_text,
    priced_quantity,
    quantities_kept,
    refuse_missing,
    refuse_unweighed,
    stock,
    usual_second,
    warehouse_id,
)

_ZERO = Decimal(0)
#: what only some kinds say
_SOMETIMES = (
    "delivery",
    "ship_to",
    "valid_until",
    "priority",
    "reserves",
    "reserved_until",
    "supplier_number",
    "supplier_day",
    "basis",
    "makes_order",
    "request_id",
    "carrier",
)


def fill(session: Session, actor: Actor, document: TradeDocument, draft: TradeDraft) -> list[TradeLine]:
    """Refused: quantities not above zero or finer than counted, prices below it, a contact outside the actor's scope, a
    foreign currency without a rate, a return of what the contact never had."""
    del actor
    contact = parties_by_id(session, {draft.contact_id})[draft.contact_id]
    document.contact_id, document.summary = contact.id, contact.name
    if document.responsible_id is None:
        document.responsible_id = contact.responsible_id
    document.place_id = warehouse_id(session, draft.place_id)
    document.currency = draft.currency or base_currency(session)
    check_contract(session, draft.contract_id, contact_id=contact.id, currency=document.currency)
    document.contract_id = draft.contract_id
    if not _keeps_rate(document):
        document.rate = rate_at(session, document.currency, document.moment.date())
    if document.kind in DISCOUNTS and not _keeps_terms(document):
        terms = discount_for(session, contact.id, draft.contract_id)
        document.discount_percent, document.discount_days = terms
    document.tax_included, document.due = draft.tax_included, draft.due
    document.coupon = checked_coupon(session, document, draft)
    check_due(document.due, document.moment)
    for name in _SOMETIMES:
        if hasattr(draft, name):
            setattr(document, name, getattr(draft, name))
    check_days(document)
    check_request(session, document)
    check_carrier(session, document)
    refuse_entered_before(session, document)
    if isinstance(document, OfReceipts):
        say_receipts(session, document, draft)
    if isinstance(document, SupplierOffer):
        say_answer(session, document, draft)
    if not document.clears_up:
        refuse_foreign_origins(session, document, draft)
    returned = given_back(session, document, draft) if document.clears_up else {}
    if document.state != "posted":  # one that is corrected keeps its own, and a return has that of what it gives back
        document.tax_rounding = next((c.tax_rounding for c in returned.values()), tax_rounding(session))
    draft, taxes = taxed(session, document, draft, returned)
    lines = _lines(session, draft, taxes, document, returned, spread_points(session, document, draft))
    document.net = sum((line.net for line in lines), _ZERO)
    document.tax = sum((line.tax for line in lines), _ZERO)
    document.is_cash, amount = draft.is_cash, (document.net if document.owes_net else _ZERO) + document.tax
    if not (document.owes_net or document.tax):
        raise Invalid(
            _l("There is no tax on these lines. Type its rate, and what it is charged on as the price."), field="lines"
        )
    document.rounding = cash_difference(amount, cash_step(session, document.currency)) if draft.is_cash else _ZERO
    document.amount = amount + document.rounding
    if isinstance(document, LandedCost):
        check_charges(session, document, lines)
    return lines


def _keeps_rate(document: TradeDocument) -> bool:
    """Whether it is a posted document that is corrected under its own day and currency: a rate that was entered since then is
    not its own."""
    changes = inspect(document).attrs
    days = {moment.date() for moment in changes.moment.history.deleted or ()} | {document.moment.date()}
    currencies = {*(changes.currency.history.deleted or ()), document.currency}
    return document.state == "posted" and len(days) == len(currencies) == 1


def _keeps_terms(document: TradeDocument) -> bool:
    """Whether it is a posted document that is corrected with the same contact, under the same contract: what was agreed since
    then isn't its own."""
    changes = inspect(document).attrs
    whom = (changes.contact_id.history.deleted, changes.contract_id.history.deleted)
    return document.state == "posted" and not any(whom)


def filled_in(session: Session, document: TradeDocument, draft: TradeDraft) -> TradeDraft:
    """A draft that is sent again, due by the terms that were agreed where it says no day, as posting made the document."""
    if draft.due is None and document.due is not None and draft.contact_id == document.contact_id:
        return replace(draft, due=_due_by_terms(session, document))
    return draft


def _due_by_terms(session: Session, document: TradeDocument) -> date | None:
    if not document.debt or document.clears_up:
        return None
    return due_for(session, document.contact_id, document.contract_id, document.moment.date())


def move(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    for d in documents:  # one that nobody dated has its day only now
        if d.due is None:
            d.due = _due_by_terms(posting.session, d)
        check_due(d.due, d.moment)
    if not posting.has_reversed:  # a corrected document has its own
        refuse_past_agreements(posting.session, documents)
        for d in documents:  # the rate of its day as it is by now, not as it was when the draft was saved
            if (rate := rate_at(posting.session, d.currency, d.moment.date())) != d.rate:
                d.rate = rate
    for d in documents:
        if d.goods_leave:
            refuse_unweighed(posting.session, d)
    hold_awaiting(posting.session, documents)
    orders = orders_behind(posting.session, documents)
    kept = claims_of(posting.session, orders)
    goods = _moves(posting.session, documents, {i: (orders[i].place_id, claim) for i, claim in kept.items()})
    costs = dict(zip(((m.document, m.line) for m in goods), stock.move(posting, goods), strict=True))
    follow_delivery(posting, [m for m in goods if m.claim_id])
    deliver(posting, documents, orders)
    await_replacements(posting, documents)
    check_tolerances(posting, documents)
    land_differences(posting, documents)
    land_costs(posting, documents)
    check_coupons(posting.session, [d for d in documents if isinstance(d, Sale)])
    check_margins(posting, [d for d in documents if isinstance(d, Sale)], costs)
    digits = digits_of(base_currency(posting.session))
    debts = [
        Debt(
            d,
            d.contact_id,
            d.debt * d.amount,
            d.debt * d.rate.in_base(d.amount, digits),
            d.due,
            against=sorted({origin for origin, _ in d.origins.values()}),
            contract_id=d.contract_id,
        )
        for d in documents
        if d.debt
    ]
    debts = [debt_in_parts(posting.session, debt) for debt in debts]
    check_credit(posting, [debt for debt in debts if isinstance(debt.document, Sale)])
    settle(posting, debts)
    enter_taxes(posting, [d for d in documents if d.debt])
    enter_points(posting, documents)
    enter_consigned(posting, documents)
    for d in documents:
        for line in d.lines if d.is_sold else ():
            posting.add(
                Sales,
                d,
                line.line,
                side=d.debt,
                item=line.item_id,
                contact=d.contact_id,
                quantity=d.debt * line.quantity,
                revenue=d.debt * d.rate.in_base(line.net, digits),
                cost=d.debt * costs.get((d, line.line), _ZERO),
            )


def _moves(
    session: Session, documents: Sequence[TradeDocument], kept: Mapping[int, tuple[int, int]]
) -> list[stock.Move]:
    """The moves of the goods among the lines; what is bought is worth what it is bought for, without tax. `kept`: of orders
    that goods are kept for, the warehouse and the claim; what is shipped for them from another isn't what is kept."""
    digits = digits_of(base_currency(session))
    kinds = items_by_id(session, {line.item_id for d in documents for line in d.lines})
    moves, came_by = [], goods_of(session, documents)
    for d in documents:
        ends = (d.place_id, d.outside) if d.goods_leave > 0 else (d.outside, d.place_id)
        origins = d.origins
        for line in d.lines if d.goods_leave else ():
            if kinds[line.item_id].kind == GOODS:
                value = d.rate.in_base(line.net, digits) if d.is_priced else None
                origin = origins.get(line.line)
                place, claim = kept.get(origin[0], (0, 0)) if origin is not None else (0, 0)
                claim = claim if place == d.place_id and d.goods_leave > 0 and not line.direct else 0
                given_back = came_by.get(origin, origin) if d.clears_up and origin is not None else None
                if d.direct_id is not None:  # the goods of a direct delivery cost what they came for
                    given_back = (d.direct_id, line.direct)
                moves.append(
                    stock.Move(
                        d,
                        line.line,
                        line.item_id,
                        *ends,
                        line.quantity,
                        value,
                        given_back,
                        claim_id=claim,
                        typed=line.lots,
                        expires=line.expires,
                        logistic_unit=line.logistic_unit,
                        second=line.second,
                    )
                )
    return moves


def warnings_of(session: Session, actor: Actor, document: TradeDocument) -> Iterator[object]:
    """What whoever posted the document should look at once more."""
    if isinstance(document, Sale):
        yield from credit_warnings(session, actor, document)
    yield from never_had(session, document)
    yield from price_warnings(session, document)
    yield from tax_warnings(session, document)


def _fits(session: Session, document: TradeDocument) -> None:
    """Refuse (Invalid) a return that gives back or credits what its sale or purchase no longer has."""
    if not document.clears_up:
        return
    draft: TradeDraft = kind_of(document).draft_of(document)
    returned = given_back(session, document, draft)
    _lines(session, *taxed(session, document, draft, returned), document, returned)
    refuse_beyond_charge(document, returned)


def _lines(
    session: Session,
    draft: TradeDraft,
    taxes: Sequence[LineTax],
    document: TradeDocument,
    returned: Mapping[LineKey, Charged],
    off: Sequence[Off] = (),
) -> list[TradeLine]:
    items, kept = items_by_id(session, {line.item_id for line in draft.lines}), quantities_kept(document)
    check_packings(session, draft.lines)
    digits, own, total, left = digits_of(document.currency), [], _ZERO, dict(returned)
    off = off or [Off()] * len(draft.lines)
    for number, (line, taxed_as) in enumerate(zip(draft.lines, taxes, strict=True), 1):
        item = items[line.item_id]
        is_kept = line.origin is not None or (line.item_id, line.quantity) in kept
        check_line(
            number,
            item,
            line.quantity,
            line.price,
            discount=line.discount,
            tax_rate=taxed_as.rate,
            is_kept=is_kept,
        )
        check_second(number, item, line.second, is_kept=is_kept)
        if not document.goods_leave and item.is_priced_by_second and usual_second(item, line.quantity) is None:
            refuse_missing(number, item, line.second)  # there is nothing to estimate its amount by
        charged = left.get(line.origin) if line.origin is not None else None
        if charged is not None:
            charged.refuse_heavier(number, line)
        share = charged.share(draft, line, digits) if charged is not None else None
        totals = share or line_totals(
            priced_quantity(item, line.quantity, line.second),
            line.price,
            discount=line.discount,
            tax_rate=taxed_as.rate,
            tax_included=draft.tax_included,
            digits=digits,
            less=line.commission + off[number - 1].amount,
        )
        if charged is not None and share is None:
            charged.refuse_more(number, totals.gross, charged.part_of(line), digits)
        if charged is not None and line.origin is not None:
            left[line.origin] = charged.with_credited(charged.part_of(line), totals.net, totals.tax)
        total += totals.gross
        check_sum(number, max(total, document.rate.in_base(total, 0)))
        own.append((totals, share is not None))
    if document.tax_rounding == PER_RATE:
        amounts = [
            (totals.gross if draft.tax_included else totals.net, taxed_as.rate)
            for (totals, is_share), taxed_as in zip(own, taxes, strict=True)
            if not is_share
        ]
        taxed = taxed_by_rate(amounts, tax_included=draft.tax_included, digits=digits)
        own = [(totals if is_share else next(taxed), is_share) for totals, is_share in own]
    pricing = pricing_of_lines(session, document, draft)
    return [
        TradeLine(
            line=number,
            item_id=line.item_id,
            quantity=line.quantity,
            packing_id=line.packing_id,
            second=line.second
            if document.goods_leave
            else line.second or usual_second(items[line.item_id], line.quantity),
            price=line.price,
            discount=line.discount,
            tax_rate=taxed_as.rate,
            tax_category=taxed_as.category,
            tax_code_id=taxed_as.code_id,
            reverse_rate=taxed_as.reverse_rate,
            net=totals.net,
            tax=totals.tax,
            direct=line.direct,
            lots=lots_text(number, line.lots),
            expires=line.expires,
            logistic_unit=line.logistic_unit,
            commission=line.commission,
            points=off[number - 1].points,
            points_off=off[number - 1].amount,
            pricing=pricing[number - 1],
        )
        for number, (line, taxed_as, (totals, _)) in enumerate(zip(draft.lines, taxes, own, strict=True), 1)
    ]


def _promise(model: type[TradeDocument], draft: type[Draft], words: Words, **steps: Any) -> Kind[Any]:
    """A kind that moves neither goods nor debts."""
    return Kind(
        model,
        draft=draft,
        line=TradeLineDraft,
        fill=fill,
        paper=trade_paper,
        makes=MAKES[model],
        words=words,
        states=CLOSED,
        **{"move": lambda _posting, _documents: None, **steps},
    )


def _reversing(posting: Posting, document: TradeDocument) -> None:
    hold_awaiting(posting.session, [document])
    stock.hold_moved(posting, document)
    forgive_expiry(posting, document)


def _reversed(posting: Posting, document: TradeDocument) -> None:
    stock.follow_reversal(posting, document)
    refuse_replaced(posting.session, document)


def _correcting(posting: Posting, document: TradeDocument) -> None:
    hold_awaiting(posting.session, [document])
    stock.hold_corrected(posting, document)


def _confirm(posting: Posting, documents: Sequence[Any]) -> None:
    if not posting.has_reversed:
        refuse_past_agreements(posting.session, documents)
    await_orders(posting, documents)


_DRAFTS: dict[type[TradeDocument], type[TradeDraft]] = {
    Sale: SaleDraft,
    Purchase: ChargeDraft,
    SupplierInvoice: ChargeDraft,
    LandedCost: LandedDraft,
    ImportTax: ImportTaxDraft,
    ReceiptReturn: ReceiptReturnDraft,
}
_OF_ORDERS: dict[str, Any] = {
    "move": _confirm,
    "reversing": hold_order,
    "closing": let_go,
    "reopening": take_up,
    "correcting": hold_kept,
}
#: noun → its kind
KINDS: dict[str, Kind[Any]] = {
    kind.noun: kind
    for kind in (
        REQUEST,
        _promise(Quote, QuoteDraft, QUOTED, outcomes=OF_QUOTES),
        _promise(
            SalesOrder,
            SalesOrderDraft,
            CONFIRMED,
            shares=shares_paid,
            line_notes=kept_and_promised,
            outcomes=OF_SALES_ORDERS,
            **_OF_ORDERS,
        ),
        _promise(Invoice, TradeDraft, ISSUED, shares=shares_paid, passes_on=True),
        _promise(PurchaseOrder, OrderDraft, CONFIRMED, outcomes=OF_PURCHASE_ORDERS, **_OF_ORDERS),
        _promise(SupplierOffer, OfferDraft, ANSWERS, outcomes=OF_OFFERS),
        _promise(PurchaseAgreement, AgreementDraft, AGREED),
        _promise(SalesAgreement, AgreementDraft, AGREED),
        *(
            Kind(
                model,
                draft=_DRAFTS.get(model, TradeDraft),
                line=TradeLineDraft,
                fill=fill,
                filled_in=filled_in,
                move=move,
                paper=trade_paper,
                reversing=_reversing,
                reversed=_reversed,
                correcting=_correcting,
                fits=_fits,
                warnings=warnings_of,
                makes=MAKES.get(model, ()),
                states=POSTED,
                shares=shares_paid,
                line_notes=price_differences,
                reaches_back=model in (SupplierInvoice, LandedCost),
            )
            for model in (
                Sale,
                SalesReturn,
                Purchase,
                GoodsReceipt,
                SupplierInvoice,
                PurchaseReturn,
                ReceiptReturn,
                LandedCost,
                ImportTax,
            )
        ),
    )
}
